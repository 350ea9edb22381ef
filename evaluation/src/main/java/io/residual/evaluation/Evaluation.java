package io.residual.evaluation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.evaluation.metrics.ClassificationReport;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.RunData;
import io.residual.training.data.BatchOrder;
import io.residual.training.data.DataSource;
import io.residual.training.data.ImageBatches;
import io.residual.training.data.ImageSet;
import io.residual.training.data.Split;
import io.residual.training.data.StratifiedSplit;
import io.residual.training.fit.Inference;
import io.residual.training.network.Kernels;
import io.residual.training.network.Network;
import io.residual.training.run.Checkpoint;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.RunModel;
import io.residual.training.spec.DataChoice;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a run's model makes of one part of the data, and where both come from.
 *
 * @param run directory of the run, as given
 * @param origin where the images were read
 */
record Evaluation(
        RunDirectory run,
        Checkpoint checkpoint,
        Split split,
        String origin,
        ImageSet images,
        ClassificationReport report) {
    private static final int BATCH = 256;

    /**
     * Evaluates the model.
     *
     * @param data where the images are, in the words of {@code --data}; empty for the run's own
     * @throws CommandException of status RUN or DATA that names the fault
     */
    static Evaluation of(RunDirectory run, Checkpoint checkpoint, Split split, Optional<String> data, Kernels kernels) {
        Network network = RunModel.load(run, checkpoint, kernels);
        DataSource source = RunData.find(run, data.map(DataChoice::of));
        ImageSet images = source.open(split, StratifiedSplit.SEED);
        List<String> classes = run.manifest().data().classes();
        if (images.classNames().size() != classes.size()) {
            throw new CommandException(
                    ExitStatus.DATA,
                    String.format(
                            Locale.ROOT,
                            "%s: the images have %d classes, the model of %s has %d: give the run's own data by --data",
                            source.origin().place(),
                            images.classNames().size(),
                            run,
                            classes.size()));
        }
        ImageBatches batches = new ImageBatches(images, BATCH, run.spec().data().input(), new BatchOrder.Sequential());
        Scores scores = Scores.of(Inference.probabilities(network, batches), labels(images));
        return new Evaluation(
                run,
                checkpoint,
                split,
                source.origin().describe(),
                images,
                ClassificationReport.ofProbabilities(classes, scores));
    }

    private static int[] labels(ImageSet images) {
        int[] labels = new int[images.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = images.label(i);
        }
        return labels;
    }

    String toText() {
        return String.format(
                Locale.ROOT,
                "Run:    %s, %s model%nImages: %,d of the %s split, from %s%n%n%s",
                run,
                name(checkpoint),
                images.size(),
                name(split),
                origin,
                report.toText());
    }

    /** The report, after what was judged and on what. */
    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("run", run.toString());
        json.put("checkpoint", name(checkpoint));
        json.put("split", name(split));
        ObjectNode data = json.putObject("data");
        data.put("origin", origin);
        data.put("images", images.size());
        ObjectNode sha256 = data.putObject("sha256");
        images.digests().forEach(sha256::put);
        json.setAll(report.toJson());
        return json;
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
