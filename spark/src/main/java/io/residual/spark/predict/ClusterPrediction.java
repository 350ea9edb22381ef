package io.residual.spark.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.evaluation.predict.PredictionCounts;
import io.residual.spark.cluster.ClusterSession;
import io.residual.spark.cluster.SharedStorage;
import io.residual.spark.cluster.TaskErrors;
import io.residual.spark.predict.PredictTask.Numbered;
import io.residual.spark.predict.PredictTask.Report;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Predictions on a cluster, a task for each part of the images.
 *
 * @param notes gets lines for the user
 */
record ClusterPrediction(ClusterSession session, Consumer<String> notes) {
    /** What predicts, and what is written. */
    record Request(PackedModel model, ClassifierSettings settings, PartFormat format) {}

    /**
     * Predicts images, or those that an earlier call with the same request and images has left.
     *
     * @param images see {@link ImageListing}
     * @param folder of the predictions
     * @return what was counted, by earlier calls too
     * @throws ResidualException of kind BAD_DATA if there are no images, or a table cannot be read; BAD_RUN if the folder
     *     holds something else, or is not seen by all machines
     */
    PredictionCounts run(Request request, List<String> images, String folder) {
        List<ImagePart> parts = parts(images);
        PredictionFolder output = new PredictionFolder(
                SharedStorage.of(session, folder), request.format().name());
        Map<Integer, PredictionCounts> complete = output.start(new PredictionFolder.Plan(
                request.model().sha256(),
                request.settings().toString(),
                request.format().toString(),
                PartPlan.sha256(parts),
                parts.size()));
        if (!complete.isEmpty()) {
            notes.accept(
                    String.format(Locale.ROOT, "%,d of %,d parts are complete already", complete.size(), parts.size()));
        }
        PredictionCounts counts = complete.values().stream().reduce(PredictionCounts.NONE, PredictionCounts::plus);
        List<Numbered> missing = IntStream.range(0, parts.size())
                .filter(number -> !complete.containsKey(number))
                .mapToObj(number -> new Numbered(number, parts.get(number)))
                .toList();
        return missing.isEmpty() ? counts : counts.plus(predict(request, missing, output));
    }

    private List<ImagePart> parts(List<String> images) {
        PartPlan plan = new PartPlan();
        ImageListing listing = new ImageListing(session.context().hadoopConfiguration(), plan, notes);
        images.forEach(listing::add);
        if (plan.images() == 0) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    String.join(", ", images) + ": there are no images: give a file, a folder or a table");
        }
        return plan.parts();
    }

    private PredictionCounts predict(Request request, List<Numbered> parts, PredictionFolder output) {
        output.storage().requireShared(session);
        PredictTask task =
                new PredictTask(ClusterModel.of(session.context(), request.model(), request.settings()), output);
        List<Report> reports = TaskErrors.translate(() ->
                session.context().parallelize(parts, parts.size()).map(task).collect());
        reports.stream()
                .map(Report::note)
                .filter(note -> !note.isEmpty())
                .distinct()
                .forEach(notes);
        return reports.stream().map(Report::counts).reduce(PredictionCounts.NONE, PredictionCounts::plus);
    }
}
