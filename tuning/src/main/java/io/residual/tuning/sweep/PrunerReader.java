package io.residual.tuning.sweep;

import io.residual.training.config.yaml.YamlFields;
import io.residual.training.config.yaml.YamlNode;
import java.util.Map;
import java.util.Set;

/** Reads {@code pruner: asha}, or {@code pruner: {asha: {reductionFactor: 3}}}. */
record PrunerReader(YamlFields file) {
    private static final int MAX = 10_000;

    /** No pruner if the file names none, or a wrong one. */
    PrunerConfig read() {
        YamlNode node = file.node("pruner").orElse(new YamlNode.Scalar("none", 1));
        if (node instanceof YamlNode.Mapping mapping && mapping.entries().size() == 1) {
            var only = mapping.entries().entrySet().iterator().next();
            if (only.getValue() instanceof YamlNode.Mapping options) {
                return pruner(only.getKey(), options);
            }
        }
        return file.text("pruner", node)
                .map(kind -> pruner(kind, new YamlNode.Mapping(Map.of(), node.line())))
                .orElse(new PrunerConfig.None());
    }

    private PrunerConfig pruner(String kind, YamlNode.Mapping mapping) {
        YamlFields options = new YamlFields("pruner", mapping, file.errors());
        switch (kind) {
            case "none" -> {
                options.allowOnly(Set.of());
                return new PrunerConfig.None();
            }
            case "median" -> {
                options.allowOnly(Set.of("startupTrials", "warmupEpochs"));
                return new PrunerConfig.Median(
                        (int) options.integer("startupTrials", 1, MAX).orElse(5),
                        (int) options.integer("warmupEpochs", 0, MAX).orElse(0));
            }
            case "asha" -> {
                options.allowOnly(Set.of("reductionFactor", "minEpochs"));
                return new PrunerConfig.Asha(
                        (int) options.integer("reductionFactor", 2, MAX).orElse(3),
                        (int) options.integer("minEpochs", 1, MAX).orElse(1));
            }
            case "hyperband" -> {
                options.allowOnly(Set.of("reductionFactor"));
                return new PrunerConfig.Hyperband(
                        (int) options.integer("reductionFactor", 2, MAX).orElse(3));
            }
            default -> {
                file.errors()
                        .add(mapping.line(), "pruner: expected none, median, asha or hyperband, got \"" + kind + "\"");
                return new PrunerConfig.None();
            }
        }
    }
}
