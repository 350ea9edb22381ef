package io.residual.laboratory.experiments;

import io.residual.laboratory.experiments.training.Training;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Predicts how long trainings will take: as long as with another seed, or else as long as the mean so far. */
final class RemainingTime {
    private final Set<Training> pending;
    /** Seconds by training, whatever its seed. */
    private final Map<Training, Double> known = new HashMap<>();

    private double spent;
    private int done;

    RemainingTime(List<Training> trainings) {
        this.pending = new HashSet<>(trainings);
    }

    void done(Training training, double seconds) {
        pending.remove(training);
        known.put(training.withSeed(0), seconds);
        spent += seconds;
        done++;
    }

    /** Time of the finished trainings. */
    double secondsSpent() {
        return spent;
    }

    /** Expected time of the others. */
    double secondsLeft() {
        double mean = done == 0 ? 0 : spent / done;
        return pending.stream()
                .mapToDouble(training -> known.getOrDefault(training.withSeed(0), mean))
                .sum();
    }
}
