package io.residual.tuning.sweep;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * When a sweep ends: as soon as one of these is spent.
 *
 * @param trials to propose, at least 1
 * @param epochs to train in all trials together, at least 1
 * @param time of one start of the sweep, above 0; a resumed sweep has it again
 */
public record Budget(OptionalInt trials, OptionalLong epochs, Optional<Duration> time) {
    public Budget {
        if (trials.isEmpty() && epochs.isEmpty() && time.isEmpty()) {
            throw new IllegalArgumentException("a sweep without an end: give trials, epochs or time");
        }
        if (trials.orElse(1) < 1 || epochs.orElse(1) < 1) {
            throw new IllegalArgumentException("a budget is at least 1 trial and 1 epoch");
        }
        if (time.isPresent() && !(time.get().compareTo(Duration.ZERO) > 0)) {
            throw new IllegalArgumentException("a budget of time is above 0, got " + time.get());
        }
    }

    /** This budget with another number of trials. */
    public Budget withTrials(int number) {
        return new Budget(OptionalInt.of(number), epochs, time);
    }

    /** This budget with another time. */
    public Budget withTime(Duration limit) {
        return new Budget(trials, epochs, Optional.of(limit));
    }
}
