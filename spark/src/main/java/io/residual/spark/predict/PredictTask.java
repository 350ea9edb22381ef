package io.residual.spark.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.PredictionCounts;
import io.residual.evaluation.predict.PredictionQueue;
import io.residual.evaluation.predict.PredictionQueue.Result;
import io.residual.spark.cluster.TemporaryFolder;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.spark.api.java.function.Function;

/** Predicts a part, in an executor. */
record PredictTask(ClusterModel model, PredictionFolder output)
        implements Function<PredictTask.Numbered, PredictTask.Report> {
    /**
     * A part of the plan.
     *
     * @param number from 0
     */
    record Numbered(int number, ImagePart part) implements Serializable {}

    /**
     * What a task says when it is over.
     *
     * @param note on the machine; empty if there is nothing to say
     */
    record Report(long predicted, long failed, long withLightBackground, String note) implements Serializable {
        PredictionCounts counts() {
            return new PredictionCounts(predicted, failed, withLightBackground);
        }
    }

    @Override
    public Report call(Numbered task) {
        try (ExecutorModels.Lease lease = ExecutorModels.lease(model)) {
            PredictionCounts counts = predict(task, lease.classifier());
            return new Report(
                    counts.predicted(),
                    counts.failed(),
                    counts.withLightBackground(),
                    ExecutorKernels.note(model.settings()));
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_DATA, "part " + task.number() + ": cannot be predicted (" + IoErrors.reason(e) + ")", e);
        }
    }

    private PredictionCounts predict(Numbered task, Classifier classifier) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create("part")) {
            Path file = folder.path().resolve("part");
            Counted counted = new Counted();
            try (PartFormat.Writer writer = output.partFormat().open(file, classifier.classNames())) {
                PredictionQueue<String> queue = PredictionQueue.ofTask(
                        classifier, model.settings().mode(), (name, result) -> counted.write(writer, name, result));
                task.part().read(output.storage().configuration(), queue::add);
                queue.end();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            output.add(task.number(), file, counted.counts);
            return counted.counts;
        }
    }

    /** What has been written. */
    private static final class Counted {
        private PredictionCounts counts = PredictionCounts.NONE;

        void write(PartFormat.Writer writer, String name, Result result) {
            try {
                writer.write(name, result);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            counts = counts.plus(result);
        }
    }
}
