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

    private final String word;
    private final Direction direction;

    Objective(String word, Direction direction) {
        this.word = word;
        this.direction = direction;
    }

    static Optional<Objective> named(String word) {
        return Arrays.stream(values()).filter(o -> o.word.equals(word)).findFirst();
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Objective::word).toList();
    }

    /** Name in sweep files and tables. */
    public String word() {
        return word;
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
