package io.residual.tuning.sweep;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.Preset;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.SearchSpace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sweep as its file describes it.
 *
 * @param base name or file of the preset that trials start from
 * @param overrides texts by setting, which win over the preset's
 * @param space names settings of training; the values of a trial win over the overrides
 * @param objectives at least one; pruners look at the first
 * @param seeds runs of each trial, which differ in the seed alone, at least 1
 * @param seed of the searcher
 * @param retries workers that may be lost on a trial before it has failed, at least 0
 * @param confirm how the winner is confirmed after the search, if at all
 */
public record Sweep(
        String base,
        Map<String, String> overrides,
        SearchSpace space,
        SearcherKind searcher,
        PrunerConfig pruner,
        Budget budget,
        List<Objective> objectives,
        int seeds,
        long seed,
        int retries,
        Optional<ConfirmPlan> confirm) {
    public Sweep {
        overrides = Map.copyOf(overrides);
        objectives = List.copyOf(objectives);
        if (objectives.isEmpty()) {
            throw new IllegalArgumentException("a sweep needs an objective");
        }
        if (seeds < 1 || retries < 0) {
            throw new IllegalArgumentException("seeds are at least 1 and retries at least 0");
        }
    }

    /** The spec that trials start from. */
    public TrainingSpec baseSpec() {
        return Preset.resolve(base, overrides).spec();
    }

    /** That spec as YAML. */
    public String baseYaml() {
        return SpecFile.write(baseSpec());
    }

    /**
     * The spec of a trial: just what {@code train} runs.
     *
     * @throws ResidualException of kind BAD_SETTING if values that are allowed one by one do not go together
     */
    public TrainingSpec spec(Assignment assignment) {
        Map<String, String> texts = new LinkedHashMap<>(overrides);
        assignment.values().forEach((name, value) -> texts.put(name, value.toString()));
        return Preset.resolve(base, texts).spec();
    }

    public Sweep withBudget(Budget other) {
        return new Sweep(base, overrides, space, searcher, pruner, other, objectives, seeds, seed, retries, confirm);
    }

    public Sweep withConfirm(Optional<ConfirmPlan> plan) {
        return new Sweep(base, overrides, space, searcher, pruner, budget, objectives, seeds, seed, retries, plan);
    }

    /** This sweep on other data, which wins over the overrides' and the preset's. */
    public Sweep withData(String data) {
        Map<String, String> changed = new LinkedHashMap<>(overrides);
        changed.put("data", data);
        return new Sweep(base, changed, space, searcher, pruner, budget, objectives, seeds, seed, retries, confirm);
    }

    /** Runs of the confirmation at most. */
    public int freshRuns() {
        return confirm.map(plan -> plan.trials() * plan.seeds()).orElse(0);
    }

    /**
     * Refuses a plan to confirm more trials than there are.
     *
     * @param trials that can be confirmed
     * @throws ResidualException of kind BAD_SETTING
     */
    public void requireConfirmable(int trials, String what) {
        confirm.filter(plan -> plan.trials() > trials).ifPresent(plan -> {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "confirm: " + plan + " trains " + plan.trials() + " trials again, but there are only " + trials
                            + " "
                            + what + ": confirm " + (trials == 0 ? "none" : trials + "x" + plan.seeds())
                            + ", or search longer");
        });
    }

    /**
     * Refuses to resume a sweep that was started with another search. The budget, the retries and what is confirmed may
     * change.
     *
     * @param storedBase {@link #baseYaml} of when it was started: a preset's file may have changed since
     * @param file as the message should call the sweep that was started
     * @throws ResidualException of kind BAD_SETTING that names what differs
     */
    public void checkSameSearch(Sweep stored, String storedBase, String file) {
        Map<String, Boolean> same = new LinkedHashMap<>();
        // What an earlier version stored lacks settings of now, which have their defaults.
        TrainingSpec storedSpec = SpecFile.read(file + " (its base)", storedBase, Kind.BAD_RUN);
        same.put("base or overrides", baseSpec().equals(storedSpec));
        same.put("space", space.parameters().equals(stored.space.parameters()));
        same.put("constraints", descriptions(space).equals(descriptions(stored.space)));
        same.put("searcher", searcher == stored.searcher);
        same.put("pruner", pruner.equals(stored.pruner));
        same.put("objective", objectives.equals(stored.objectives));
        same.put("seeds", seeds == stored.seeds);
        same.put("seed", seed == stored.seed);
        List<String> differing = same.entrySet().stream()
                .filter(entry -> !entry.getValue())
                .map(Map.Entry::getKey)
                .toList();
        if (!differing.isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    file + ": not the sweep that was started here, it differs in " + String.join(", ", differing));
        }
    }

    private static List<String> descriptions(SearchSpace space) {
        return space.constraints().stream().map(c -> c.description()).toList();
    }
}
