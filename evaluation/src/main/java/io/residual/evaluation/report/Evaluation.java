package io.residual.evaluation.report;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.evaluation.metrics.Calibration;
import io.residual.evaluation.metrics.ClassificationReport;
import io.residual.evaluation.metrics.PairedComparison;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.metrics.Temperature;
import io.residual.evaluation.model.TrainedModel;
import io.residual.training.loop.EpochMetrics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The predictions of a run's model for one part of the data, and where both come from.
 *
 * @param origin where the images were read, in words
 * @param images in the order of the scores
 * @param scores probabilities of the model alone, for the images without changes
 * @param uncertainty how well the model knows what it does not know
 * @param variants test-time augmentation and ensembles, reported as secondary results
 * @param comparison with another run
 * @param float32 the same model in 32-bit floats, if it was evaluated in another precision
 * @param epochs metrics of the training, in its order
 */
public record Evaluation(
        TrainedModel model,
        Split split,
        String origin,
        ImageSet images,
        Scores scores,
        Uncertainty uncertainty,
        List<Variant> variants,
        Optional<ComparedRun> comparison,
        Optional<ComparedRun> float32,
        List<EpochMetrics> epochs) {
    /**
     * Another prediction of the classes of the same images.
     *
     * @param name what was done, for example {@code mean of 3 runs}
     */
    public record Variant(String name, Scores scores) {}

    /**
     * Another run on the same images.
     *
     * @param name of the run
     * @param paired the evaluated run first, this one second
     * @param interval of the difference of the accuracies, by the bootstrap
     */
    public record ComparedRun(String name, Scores scores, PairedComparison paired, PairedComparison.Interval interval) {
        /** Of the bootstrap: the same runs on the same images give the same interval. */
        private static final long SEED = 1;

        /** Compares a run with the evaluated one. */
        public static ComparedRun of(String name, Scores scores, Scores evaluated) {
            PairedComparison paired = PairedComparison.of(evaluated, scores);
            return new ComparedRun(name, scores, paired, paired.bootstrap(SEED));
        }
    }

    public Evaluation {
        variants = List.copyOf(variants);
        epochs = List.copyOf(epochs);
        if (images.size() != scores.examples()) {
            throw new IllegalArgumentException(
                    scores.examples() + " rows of scores do not match " + images.size() + " images");
        }
    }

    /** The counts and rates of the scores. */
    public ClassificationReport report() {
        return ClassificationReport.ofProbabilities(images.classNames(), scores);
    }

    /** Calibration of the scores without temperature. */
    public Calibration calibration() {
        return Calibration.of(scores);
    }

    /** Fitted on the validation images; empty if those are the evaluated ones. */
    public Optional<Temperature> temperature() {
        return uncertainty.calibration().map(made -> new Temperature(made.temperature()));
    }

    /** Calibration at the fitted temperature. */
    public Optional<Calibration> calibrationAtTemperature() {
        return temperature().map(t -> Calibration.of(t.apply(scores)));
    }

    /** The scores at the fitted temperature, if there is one. */
    Scores scaledScores() {
        return temperature().map(t -> t.apply(scores)).orElse(scores);
    }

    /** The precision that the model was evaluated in, in the words of commands. */
    String precision() {
        return model.inference().precision().toString();
    }

    /** The images on whose class the two runs disagree, by index. */
    List<Integer> changed(ComparedRun other) {
        return IntStream.range(0, scores.examples())
                .filter(i -> scores.predicted(i) != other.scores().predicted(i))
                .boxed()
                .toList();
    }

    String splitName() {
        return split.name().toLowerCase(Locale.ROOT);
    }

    String className(int label) {
        return images.classNames().get(label);
    }
}
