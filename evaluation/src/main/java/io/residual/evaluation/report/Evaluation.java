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
 * What a run's model makes of one part of the data, and where both come from.
 *
 * @param origin where the images were read, in words
 * @param images in the order of the scores
 * @param scores probabilities, as the model alone gives them for the images as they are
 * @param temperature fitted on the validation images; empty if it was not asked for, or if they are what is judged
 * @param variants other ways to ask, reported beside the plain one
 * @param comparison with another run
 * @param epochs metrics of the training, in its order
 */
public record Evaluation(
        TrainedModel model,
        Split split,
        String origin,
        ImageSet images,
        Scores scores,
        Optional<Temperature> temperature,
        List<Variant> variants,
        Optional<Rival> comparison,
        List<EpochMetrics> epochs) {
    /**
     * Another way to ask for the classes of the same images.
     *
     * @param name what was done, for example {@code mean of 3 runs}
     */
    public record Variant(String name, Scores scores) {}

    /**
     * Another run on the same images.
     *
     * @param name of the run
     */
    public record Rival(String name, Scores scores) {}

    public Evaluation {
        variants = List.copyOf(variants);
        epochs = List.copyOf(epochs);
        if (images.size() != scores.examples()) {
            throw new IllegalArgumentException(
                    scores.examples() + " rows of scores do not match " + images.size() + " images");
        }
    }

    /** The counts and rates of the plain scores. */
    public ClassificationReport report() {
        return ClassificationReport.ofProbabilities(model.classes(), scores);
    }

    /** Calibration of the scores as they are. */
    public Calibration calibration() {
        return Calibration.of(scores);
    }

    /** Calibration at the fitted temperature. */
    public Optional<Calibration> calibrationAtTemperature() {
        return temperature.map(t -> Calibration.of(t.apply(scores)));
    }

    /** Where the other run differs. */
    public Optional<PairedComparison> paired() {
        return comparison.map(rival -> PairedComparison.of(scores, rival.scores()));
    }

    /** The images on whose class the two runs disagree, by index. */
    public List<Integer> changed() {
        return comparison
                .map(rival -> IntStream.range(0, scores.examples())
                        .filter(i -> scores.predicted(i) != rival.scores().predicted(i))
                        .boxed()
                        .toList())
                .orElse(List.of());
    }

    String splitName() {
        return split.name().toLowerCase(Locale.ROOT);
    }

    String className(int label) {
        return model.classes().get(label);
    }
}
