package io.residual.tuning.sweep;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code pruner: asha}, or {@code pruner: {asha: {reductionFactor: 3}}}. */
final class PrunerReader {
    private static final int MOST = 10_000;

    private final YamlFields file;
    private final FileErrors faults;

    PrunerReader(YamlFields file) {
        this.file = file;
        this.faults = file.faults();
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
                return pruning(kind, new YamlFields("pruner", options, faults));
            }
        }
        return file.text("pruner")
                .map(kind -> pruning(
                        kind,
                        new YamlFields(
                                "pruner",
                                new YamlNode.Mapping(Map.of(), node.get().line()),
                                faults)))
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
                        (int) options.whole("startupTrials", 1, MOST).orElse(5),
                        (int) options.whole("warmupEpochs", 0, MOST).orElse(0));
            }
            case "asha" -> {
                options.allowOnly(Set.of("reductionFactor", "minEpochs"));
                return new PrunerConfig.Asha(
                        (int) options.whole("reductionFactor", 2, MOST).orElse(3),
                        (int) options.whole("minEpochs", 1, MOST).orElse(1));
            }
            case "hyperband" -> {
                options.allowOnly(Set.of("reductionFactor"));
                return new PrunerConfig.Hyperband(
                        (int) options.whole("reductionFactor", 2, MOST).orElse(3));
            }
            default -> {
                faults.add(
                        options.mapping().line(),
                        "pruner: expected none, median, asha or hyperband, got \"" + kind + "\"");
                return new PrunerConfig.None();
            }
        }
    }
}
