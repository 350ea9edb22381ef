package io.residual.tuning.trials;

import io.residual.tuning.search.ParetoFront;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Objective;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which trials of a sweep are best. Only those that had all their epochs are compared. */
public record Ranking(List<Objective> objectives, List<Trial> trials) {
    public Ranking {
        objectives = List.copyOf(objectives);
        trials = List.copyOf(trials);
    }

    /** The finished trials, the best by the first objective first, the earlier of equals first. */
    public List<Trial> finished() {
        return trials.stream()
                .filter(trial -> trial.state() == TrialState.DONE)
                .sorted(order(objectives.get(0)))
                .toList();
    }

    /** Of finished trials: the better first, the earlier of equals first. */
    static Comparator<Trial> order(Objective objective) {
        return Comparator.comparingDouble((Trial trial) -> objective.direction().loss(value(trial, objective)))
                .thenComparingLong(Trial::number);
    }

    /** The best trial by the first objective. */
    public Optional<Trial> best() {
        return finished().stream().findFirst();
    }

    /** The finished trials to which no other is better in one objective without being worse in another. */
    public List<Trial> front() {
        List<Trial> finished = finished();
        List<List<Double>> values = finished.stream()
                .map(trial -> objectives.stream().map(o -> value(trial, o)).toList())
                .toList();
        return ParetoFront.of(
                        values, objectives.stream().map(Objective::direction).toList())
                .stream()
                .map(finished::get)
                .toList();
    }

    /** How many trials are in a state. */
    public long count(TrialState state) {
        return trials.stream().filter(trial -> trial.state() == state).count();
    }

    /** The latest value of a trial that has had an epoch. */
    public static double value(Trial trial, Objective objective) {
        return trial.latest(objective::of).orElseThrow();
    }
}
