package io.residual.tuning.sweep;

import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Direction;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a sweep looks for. Its value is that after the last epoch, not the best of all epochs: the luckiest of many epochs
 * would flatter restless trials.
 */
public enum Objective {
    VALIDATION_ACCURACY("validationAccuracy", Direction.MAXIMISE),
    VALIDATION_LOSS("validationLoss", Direction.MINIMISE),
    IMAGES_PER_SECOND("imagesPerSecond", Direction.MAXIMISE);

    private final String label;
    private final Direction direction;

    Objective(String label, Direction direction) {
        this.label = label;
        this.direction = direction;
    }

    static Optional<Objective> named(String label) {
        return Arrays.stream(values()).filter(o -> o.label.equals(label)).findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Objective::label).toList();
    }

    /** Name in sweep files and tables. */
    public String label() {
        return label;
    }

    public Direction direction() {
        return direction;
    }

    /** The value of an epoch. */
    public double of(EpochMetrics epoch) {
        return switch (this) {
            case VALIDATION_ACCURACY -> epoch.validationAccuracy();
            case VALIDATION_LOSS -> epoch.validationLoss();
            case IMAGES_PER_SECOND -> epoch.imagesPerSecond();
        };
    }
}
