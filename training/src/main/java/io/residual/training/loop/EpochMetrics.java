package io.residual.training.loop;

import io.residual.training.config.Monitor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one epoch gave. All numbers are finite.
 *
 * @param epoch counted from 1
 * @param learningRate of the last step, at least 0
 * @param trainLoss mean cross-entropy over the epoch's training images as they were seen, in nats, at least 0
 * @param trainAccuracy over the same images, 0 to 1
 * @param validationLoss mean cross-entropy over the validation split after the epoch, in nats, at least 0; of the averaged
 *     weights where a run averages them
 * @param validationAccuracy over the same images, 0 to 1
 * @param validationBalancedAccuracy mean recall of the classes over the same images, 0 to 1; empty in runs of release 0.1
 * @param validationMacroF1 mean F1 of the classes, 0 to 1; empty in runs of release 0.1
 * @param validationMatthews Matthews' correlation, -1 to 1, 0 where it is undefined; empty in runs of release 0.1
 * @param rawValidationLoss of the weights themselves, in nats, at least 0; {@code validationLoss} without an average
 * @param rawValidationAccuracy of the same, 0 to 1
 * @param imagesPerSecond training images over the time of training alone, above 0
 * @param epochSeconds of training and validation, above 0
 */
public record EpochMetrics(
        int epoch,
        double learningRate,
        double trainLoss,
        double trainAccuracy,
        double validationLoss,
        double validationAccuracy,
        OptionalDouble validationBalancedAccuracy,
        OptionalDouble validationMacroF1,
        OptionalDouble validationMatthews,
        double rawValidationLoss,
        double rawValidationAccuracy,
        double imagesPerSecond,
        double epochSeconds) {
    public EpochMetrics {
        if (!(epoch >= 1)) {
            throw new IllegalArgumentException("epoch must be at least 1, got " + epoch);
        }
        requireLoss("learningRate", learningRate);
        requireLoss("trainLoss", trainLoss);
        requireFraction("trainAccuracy", trainAccuracy);
        requireLoss("validationLoss", validationLoss);
        requireFraction("validationAccuracy", validationAccuracy);
        validationBalancedAccuracy.ifPresent(value -> requireFraction("validationBalancedAccuracy", value));
        validationMacroF1.ifPresent(value -> requireFraction("validationMacroF1", value));
        validationMatthews.ifPresent(value -> requireBetween("validationMatthews", -1, value));
        requireLoss("rawValidationLoss", rawValidationLoss);
        requireFraction("rawValidationAccuracy", rawValidationAccuracy);
        requirePositive("imagesPerSecond", imagesPerSecond);
        requirePositive("epochSeconds", epochSeconds);
    }

    /** Metrics of weights that are not averaged, as release 0.1 had them. */
    public EpochMetrics(
            int epoch,
            double learningRate,
            double trainLoss,
            double trainAccuracy,
            double validationLoss,
            double validationAccuracy,
            double imagesPerSecond,
            double epochSeconds) {
        this(
                epoch,
                learningRate,
                trainLoss,
                trainAccuracy,
                validationLoss,
                validationAccuracy,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                validationLoss,
                validationAccuracy,
                imagesPerSecond,
                epochSeconds);
    }

    /** The best epoch by a metric, the first of equals; none of no epochs. */
    public static Optional<EpochMetrics> best(List<EpochMetrics> history, Monitor monitor) {
        // Stream.max would take the last of equals.
        return history.stream()
                .reduce((best, next) -> monitor.isBetter(next.value(monitor), best.value(monitor)) ? next : best);
    }

    /**
     * The value of a metric.
     *
     * @throws java.util.NoSuchElementException if release 0.1 wrote the epoch, which knew accuracy and loss only
     */
    public double value(Monitor monitor) {
        return switch (monitor) {
            case ACCURACY -> validationAccuracy;
            case LOSS -> validationLoss;
            case BALANCED_ACCURACY -> validationBalancedAccuracy.orElseThrow();
            case MACRO_F1 -> validationMacroF1.orElseThrow();
            case MATTHEWS -> validationMatthews.orElseThrow();
        };
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + " must be above 0 and finite, got " + value);
        }
    }

    private static void requireLoss(String name, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(name + " must be at least 0 and finite, got " + value);
        }
    }

    private static void requireFraction(String name, double value) {
        requireBetween(name, 0, value);
    }

    private static void requireBetween(String name, int low, double value) {
        if (!(value >= low && value <= 1)) {
            throw new IllegalArgumentException(name + " must be in [" + low + ", 1], got " + value);
        }
    }
}
