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

/**
 * What a sweep file says.
 *
 * @param base name or file of the preset that trials start from
 * @param overrides texts by setting, which win over the preset's
 * @param space names settings of training; what a trial chooses wins over the overrides
 * @param objectives at least one; pruners look at the first
 * @param seeds runs of each trial, which differ in the seed alone, at least 1
 * @param seed of the searcher
 * @param retries workers that may be lost on a trial before it has failed, at least 0
 */
public record Sweep(
        String base,
        Map<String, String> overrides,
        SearchSpace space,
        SearcherKind searching,
        PrunerConfig pruning,
        Budget budget,
        List<Objective> objectives,
        int seeds,
        long seed,
        int retries) {
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

    /** Epochs of a trial that is not stopped. */
    public int epochs(Assignment assignment) {
        return spec(assignment).optimisation().epochs();
    }

    public Sweep withBudget(Budget other) {
        return new Sweep(base, overrides, space, searching, pruning, other, objectives, seeds, seed, retries);
    }

    /**
     * Refuses to go on with the table of a sweep that asked for something else. The budget and the retries may change.
     *
     * @param earlierBase {@link #baseYaml} of when it began: a preset's file may have changed since
     * @param file as the message should call the table
     * @throws ResidualException of kind BAD_SETTING that names what differs
     */
    public void requireSameSearch(Sweep earlier, String earlierBase, String file) {
        Map<String, Boolean> same = new LinkedHashMap<>();
        same.put("base or overrides", baseYaml().equals(earlierBase));
        same.put("space", space.parameters().equals(earlier.space.parameters()));
        same.put("constraints", descriptions(space).equals(descriptions(earlier.space)));
        same.put("searcher", searching == earlier.searching);
        same.put("pruner", pruning.equals(earlier.pruning));
        same.put("objective", objectives.equals(earlier.objectives));
        same.put("seeds", seeds == earlier.seeds);
        same.put("seed", seed == earlier.seed);
        List<String> differing = same.entrySet().stream()
                .filter(entry -> !entry.getValue())
                .map(Map.Entry::getKey)
                .toList();
        if (!differing.isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    file + ": not the sweep that began here, it differs in " + String.join(", ", differing)
                            + ": give the same --sweep, or another --dir");
        }
    }

    private static List<String> descriptions(SearchSpace space) {
        return space.constraints().stream().map(c -> c.description()).toList();
    }
}
