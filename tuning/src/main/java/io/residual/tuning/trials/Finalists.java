package io.residual.tuning.trials;

import io.residual.tuning.confirm.Candidate;
import io.residual.tuning.confirm.Confirmation;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.ConfirmPlan;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The trials that a sweep confirms. */
public final class Finalists {
    private Finalists() {}

    /** The finished trials, the best first; of those with equal settings, which have equal runs, the first alone. */
    static List<Trial> ranked(Sweep sweep, List<Trial> trials) {
        Set<Object> seen = new HashSet<>();
        return new Ranking(sweep.objectives(), trials)
                .finished().stream()
                        .filter(trial -> seen.add(trial.assignment()))
                        .toList();
    }

    /**
     * The confirmation of a sweep, as far as it has come.
     *
     * @return empty if the sweep has no plan, or fewer trials than it asks for
     */
    public static Optional<Confirmation> confirmation(Sweep sweep, List<Trial> trials) {
        if (sweep.confirm().isEmpty()) {
            return Optional.empty();
        }
        ConfirmPlan plan = sweep.confirm().get();
        List<Trial> ranked = ranked(sweep, trials);
        if (ranked.size() < plan.trials()) {
            return Optional.empty();
        }
        Objective objective = sweep.objectives().get(0);
        return Optional.of(new Confirmation(
                objective.direction(),
                plan.seeds(),
                ranked.subList(0, plan.trials()).stream()
                        .map(trial -> candidate(trial, Ranking.value(trial, objective), plan.seeds()))
                        .toList()));
    }

    private static Candidate candidate(Trial trial, double found, int seeds) {
        SortedMap<Integer, Double> values = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        trial.fresh().headMap(seeds).forEach((seed, run) -> {
            run.value().ifPresent(value -> values.put(seed, value));
            if (run.state() == TrialState.DIVERGED || run.state() == TrialState.FAILED) {
                failures.add("fresh seed " + (seed + 1) + " " + run.state().label() + ": " + run.reason());
            }
        });
        return new Candidate(trial.number(), found, values, String.join("; ", failures));
    }
}
