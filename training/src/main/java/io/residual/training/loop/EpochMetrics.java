package io.residual.training.loop;

import java.util.List;
import java.util.Optional;

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
        requireLoss("rawValidationLoss", rawValidationLoss);
        requireFraction("rawValidationAccuracy", rawValidationAccuracy);
        requirePositive("imagesPerSecond", imagesPerSecond);
        requirePositive("epochSeconds", epochSeconds);
    }

    /** Metrics of weights that are not averaged. */
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
                validationLoss,
                validationAccuracy,
                imagesPerSecond,
                epochSeconds);
    }

    /** The epoch with the highest validation accuracy, the first of equals; none of no epochs. */
    public static Optional<EpochMetrics> best(List<EpochMetrics> history) {
        // Stream.max would take the last of equals.
        return history.stream()
                .reduce((best, next) -> next.validationAccuracy() > best.validationAccuracy() ? next : best);
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
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be in [0, 1], got " + value);
        }
    }
}
