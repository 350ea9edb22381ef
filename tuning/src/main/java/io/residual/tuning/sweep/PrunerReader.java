package io.residual.tuning.sweep;

import io.residual.training.config.yaml.FileErrors;
import io.residual.training.config.yaml.YamlFields;
import io.residual.training.config.yaml.YamlNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code pruner: asha}, or {@code pruner: {asha: {reductionFactor: 3}}}. */
final class PrunerReader {
    private static final int MOST = 10_000;

    private final YamlFields file;
    private final FileErrors errors;

    PrunerReader(YamlFields file) {
        this.file = file;
        this.errors = file.errors();
    }

    /** No pruner where the file names none, or a wrong one. */
    PrunerConfig read() {
        Optional<YamlNode> node = file.node("pruner");
        if (node.isEmpty()) {
            return new PrunerConfig.None();
        }
        if (node.get() instanceof YamlNode.Mapping mapping && mapping.entries().size() == 1) {
            String kind = mapping.entries().keySet().iterator().next();
            YamlNode inner = mapping.entries().get(kind);
            if (inner instanceof YamlNode.Mapping options) {
                return pruning(kind, new YamlFields("pruner", options, errors));
            }
        }
        return file.text("pruner")
                .map(kind -> pruning(
                        kind,
                        new YamlFields(
                                "pruner",
                                new YamlNode.Mapping(Map.of(), node.get().line()),
                                errors)))
                .orElse(new PrunerConfig.None());
    }

    private PrunerConfig pruning(String kind, YamlFields options) {
        switch (kind) {
            case "none" -> {
                options.allowOnly(Set.of());
                return new PrunerConfig.None();
            }
            case "median" -> {
                options.allowOnly(Set.of("startupTrials", "warmupEpochs"));
                return new PrunerConfig.Median(
                        (int) options.integer("startupTrials", 1, MOST).orElse(5),
                        (int) options.integer("warmupEpochs", 0, MOST).orElse(0));
            }
            case "asha" -> {
                options.allowOnly(Set.of("reductionFactor", "minEpochs"));
                return new PrunerConfig.Asha(
                        (int) options.integer("reductionFactor", 2, MOST).orElse(3),
                        (int) options.integer("minEpochs", 1, MOST).orElse(1));
            }
            case "hyperband" -> {
                options.allowOnly(Set.of("reductionFactor"));
                return new PrunerConfig.Hyperband(
                        (int) options.integer("reductionFactor", 2, MOST).orElse(3));
            }
            default -> {
                errors.add(
                        options.mapping().line(),
                        "pruner: expected none, median, asha or hyperband, got \"" + kind + "\"");
                return new PrunerConfig.None();
            }
        }
    }
}
