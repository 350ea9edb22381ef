package io.residual.training.run;

import io.residual.core.files.AtomicFile;
import io.residual.training.loop.ScoreSum;
import io.residual.training.metrics.ClassMetrics;
import io.residual.training.metrics.ConfusionMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * The results of a cross-validation: each fold's of the images that it holds out, and those of the classes over all images,
 * each predicted by the network that was not trained on it.
 *
 * @param folds at least 2
 */
public record FoldSummary(
        Spread accuracy,
        Spread balancedAccuracy,
        Spread macroF1,
        Spread matthews,
        Spread loss,
        List<FoldResult> folds,
        List<ClassResult> classes) {
    /**
     * A metric over the folds.
     *
     * @param deviation standard deviation, with n - 1
     */
    public record Spread(double mean, double deviation) {
        private static Spread of(List<FoldResult> folds, ToDoubleFunction<FoldResult> metric) {
            double[] values = folds.stream().mapToDouble(metric).toArray();
            return new Spread(
                    IntStream.range(0, values.length)
                            .mapToDouble(i -> values[i])
                            .average()
                            .orElseThrow(),
                    StandardDeviation.of(values).getAsDouble());
        }
    }

    /**
     * A fold.
     *
     * @param directory of its run, next to the summary
     * @param images that it holds out
     * @param matthews correlation of actual and predicted classes, 0 where it is undefined
     * @param loss mean cross entropy, in nats
     */
    public record FoldResult(
            String directory,
            long images,
            double accuracy,
            double balancedAccuracy,
            double macroF1,
            double matthews,
            double loss) {
        /** The result of the images that a fold holds out. */
        public static FoldResult of(String directory, ConfusionMatrix confusion, ScoreSum score) {
            return new FoldResult(
                    directory,
                    score.images(),
                    score.accuracy(),
                    confusion.balancedAccuracy().orElseThrow(),
                    confusion.macroAverage().f1().orElseThrow(),
                    confusion.matthews().orElse(0),
                    score.meanLoss());
        }
    }

    /**
     * A class over all images.
     *
     * @param precision empty if it was never predicted
     */
    public record ClassResult(
            String name, long images, OptionalDouble precision, OptionalDouble recall, OptionalDouble f1) {}

    public FoldSummary {
        folds = List.copyOf(folds);
        classes = List.copyOf(classes);
    }

    /**
     * Sums up.
     *
     * @param all predictions of all images
     */
    public static FoldSummary of(List<String> classNames, ConfusionMatrix all, List<FoldResult> folds) {
        return new FoldSummary(
                Spread.of(folds, FoldResult::accuracy),
                Spread.of(folds, FoldResult::balancedAccuracy),
                Spread.of(folds, FoldResult::macroF1),
                Spread.of(folds, FoldResult::matthews),
                Spread.of(folds, FoldResult::loss),
                folds,
                IntStream.range(0, classNames.size())
                        .mapToObj(c -> of(classNames.get(c), all.metrics(c)))
                        .toList());
    }

    private static ClassResult of(String name, ClassMetrics metrics) {
        return new ClassResult(name, metrics.support(), metrics.precision(), metrics.recall(), metrics.f1());
    }

    /**
     * Writes the summary as JSON, whole or not at all.
     *
     * @throws io.residual.core.ResidualException of kind BAD_RUN if it cannot be written
     */
    public void write(Path file) {
        try {
            AtomicFile.write(file, StrictJson.pretty(this));
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
    }
}
