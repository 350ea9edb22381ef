package io.residual.tuning.sweep;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.training.config.Preset;
import io.residual.training.config.Setting;
import io.residual.training.config.Settings;
import io.residual.training.config.TrainingSpec;
import io.residual.training.config.yaml.FileErrors;
import io.residual.training.config.yaml.YamlDocument;
import io.residual.training.config.yaml.YamlFields;
import io.residual.training.config.yaml.YamlNode;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.search.SearchSpace.Constraint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Reads sweep files: YAML, all of whose errors are reported at once with their lines. */
public final class SweepFile {
    private static final List<String> SHIPPED = List.of("depth-width", "image-size", "lr-cosine");
    private static final int MAX_BYTES = 64 * 1024;
    private static final Set<String> NAMES = Set.of(
            "base",
            "overrides",
            "space",
            "constraints",
            "searcher",
            "pruner",
            "budget",
            "objective",
            "seeds",
            "seed",
            "retries",
            "confirm");

    private final YamlFields file;
    private final FileErrors errors;
    private final boolean complete;

    private SweepFile(YamlDocument document, FileErrors errors) {
        this.file = new YamlFields("", document.root(), errors);
        this.errors = errors;
        this.complete = document.complete();
    }

    /** Names of the sweeps that come with the program. */
    public static List<String> shipped() {
        return SHIPPED;
    }

    /**
     * The text of a sweep.
     *
     * @param nameOrFile one of {@link #shipped}, or the path of a YAML file
     * @throws ResidualException of kind BAD_SETTING if it cannot be read
     */
    public static String text(String nameOrFile) {
        String resource = "/io/residual/tuning/sweeps/" + nameOrFile + ".yaml";
        try (InputStream in = SHIPPED.contains(nameOrFile)
                ? SweepFile.class.getResourceAsStream(resource)
                : Files.newInputStream(regular(nameOrFile))) {
            if (in == null) {
                throw new IllegalStateException("the program was built without " + resource);
            }
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        nameOrFile + ": larger than " + MAX_BYTES / 1024 + " KiB: this is no sweep file");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_SETTING, nameOrFile + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        }
    }

    private static Path regular(String name) {
        Path file = Path.of(name);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "there is no file " + name + " to read: give a YAML file, or one of " + String.join(", ", SHIPPED));
        }
        return file;
    }

    /**
     * Reads a sweep.
     *
     * @param name as messages should call the file
     * @throws ResidualException of kind BAD_SETTING with a line for every error
     */
    public static Sweep parse(String name, String yaml) {
        return parse(name, yaml, Optional.empty());
    }

    /** As {@link #parse(String, String)}, with the plan that holds if the file does not mention {@code confirm}. */
    public static Sweep parse(String name, String yaml, Optional<ConfirmPlan> plan) {
        FileErrors errors = new FileErrors(name);
        Optional<Sweep> sweep = new SweepFile(YamlDocument.read(yaml, "sweep", errors), errors).read(plan);
        if (!errors.isEmpty()) {
            throw new ResidualException(Kind.BAD_SETTING, String.join("\n", errors.messages()));
        }
        return sweep.orElseThrow();
    }

    private Optional<Sweep> read(Optional<ConfirmPlan> plan) {
        file.allowOnly(NAMES);
        Map<String, String> overrides = overrides();
        String base = file.text("base").orElse("quick");
        Optional<TrainingSpec> baseSpec = baseSpec(base, overrides);
        List<Parameter> parameters = parameters();
        List<Constraint> constraints = constraints(baseSpec, parameters);
        SearcherKind searcher = file.oneOf("searcher", SearcherKind::named, SearcherKind.labels())
                .orElse(SearcherKind.TPE);
        PrunerConfig pruner = new PrunerReader(file).read();
        if (!(pruner instanceof PrunerConfig.None)
                && parameters.stream().anyMatch(p -> p.name().equals("epochs"))) {
            errors.add(file.line("pruner"), "pruner: trials of different epochs cannot be compared: search no epochs");
        }
        Optional<Budget> budget = budget();
        List<Objective> objectives = objectives();
        long seeds = file.integer("seeds", 1, 100).orElse(1);
        long seed = file.integer("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(1);
        long retries = file.integer("retries", 0, 100).orElse(1);
        Optional<ConfirmPlan> confirm = file.node("confirm").isPresent() ? confirm() : plan;
        if (!errors.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Sweep(
                base,
                overrides,
                new SearchSpace(parameters, constraints),
                searcher,
                pruner,
                budget.orElseThrow(),
                objectives,
                Math.toIntExact(seeds),
                seed,
                Math.toIntExact(retries),
                confirm));
    }

    private Optional<ConfirmPlan> confirm() {
        return file.text("confirm").flatMap(text -> {
            try {
                return ConfirmPlan.parse(text);
            } catch (IllegalArgumentException e) {
                errors.add(file.line("confirm"), "confirm: " + e.getMessage());
                return Optional.empty();
            }
        });
    }

    private Map<String, String> overrides() {
        Map<String, String> texts = new LinkedHashMap<>();
        file.mapping("overrides")
                .ifPresent(mapping -> mapping.entries().forEach((name, node) -> {
                    Optional<Setting> setting = Settings.named(name);
                    if (setting.isEmpty()) {
                        errors.add(node.line(), Settings.unknown(name));
                        return;
                    }
                    file.text(name, node).ifPresent(text -> {
                        Optional<String> error = setting.get().error(text);
                        error.ifPresentOrElse(
                                e -> errors.add(node.line(), name + ": " + e), () -> texts.put(name, text));
                    });
                }));
        return texts;
    }

    private Optional<TrainingSpec> baseSpec(String base, Map<String, String> overrides) {
        try {
            return Optional.of(Preset.resolve(base, overrides).spec());
        } catch (ResidualException e) {
            String.valueOf(e.getMessage()).lines().forEach(line -> errors.add(file.line("base"), "base: " + line));
            return Optional.empty();
        }
    }

    private List<Parameter> parameters() {
        Optional<YamlNode.Mapping> space = file.mapping("space");
        if (space.isEmpty()) {
            requireEntry("space", "the settings to search, such as learningRate");
            return List.of();
        }
        if (space.get().entries().isEmpty()) {
            errors.add(space.get().line(), "space has no settings to search");
        }
        return new SpaceReader(new YamlFields("space", space.get(), errors)).read();
    }

    /** Makes it an error that an entry is missing; unless the file breaks off, and it might come later. */
    private void requireEntry(String name, String expected) {
        if (complete && file.node(name).isEmpty()) {
            errors.add(1, name + " is missing: expected " + expected);
        }
    }

    /** {@code budget: {trials: 40, epochs: 400, time: 35m}}, of which one is enough; empty, and an error, if there is none. */
    private Optional<Budget> budget() {
        Optional<YamlNode.Mapping> mapping = file.mapping("budget");
        if (mapping.isEmpty()) {
            requireEntry("budget", "trials, epochs or time");
            return Optional.empty();
        }
        YamlFields budget = new YamlFields("budget", mapping.get(), errors);
        budget.allowOnly(Set.of("trials", "epochs", "time"));
        OptionalLong number = budget.integer("trials", 1, 1_000_000);
        OptionalInt trials = number.isPresent() ? OptionalInt.of((int) number.getAsLong()) : OptionalInt.empty();
        OptionalLong epochs = budget.integer("epochs", 1, Long.MAX_VALUE);
        Optional<Duration> time = budget.text("time").flatMap(text -> {
            try {
                return Optional.of(TimeSpan.parse(text));
            } catch (IllegalArgumentException e) {
                errors.add(budget.line("time"), "time: " + e.getMessage());
                return Optional.empty();
            }
        });
        if (mapping.get().entries().isEmpty()) {
            errors.add(mapping.get().line(), "budget: expected trials, epochs or time");
        }
        return trials.isEmpty() && epochs.isEmpty() && time.isEmpty()
                ? Optional.empty()
                : Optional.of(new Budget(trials, epochs, time));
    }

    private List<Constraint> constraints(Optional<TrainingSpec> base, List<Parameter> parameters) {
        List<String> searched = parameters.stream().map(Parameter::name).toList();
        List<Constraint> constraints = new ArrayList<>();
        Optional<YamlNode> node = file.node("constraints");
        List<YamlNode> items = node.map(n -> n instanceof YamlNode.Items list ? list.items() : List.of(n))
                .orElse(List.of());
        for (YamlNode item : items) {
            file.text("constraints", item).ifPresent(text -> {
                try {
                    ConstraintExpression comparison = ConstraintExpression.parse(text);
                    base.ifPresent(spec -> constraints.add(comparison.over(spec, searched)));
                } catch (IllegalArgumentException e) {
                    errors.add(item.line(), "constraints: " + e.getMessage());
                }
            });
        }
        return constraints;
    }

    private List<Objective> objectives() {
        Optional<YamlNode> node = file.node("objective");
        if (node.isEmpty()) {
            return List.of(Objective.VALIDATION_ACCURACY);
        }
        List<Objective> objectives = new ArrayList<>();
        List<String> labels = file.texts("objective", node.get());
        for (String label : labels) {
            Objective.named(label)
                    .filter(o -> !objectives.contains(o))
                    .ifPresentOrElse(
                            objectives::add,
                            () -> errors.add(
                                    node.get().line(),
                                    "objective: expected " + String.join(", ", Objective.labels())
                                            + ", one or a list, none twice, got \"" + label + "\""));
        }
        if (labels.isEmpty()) {
            errors.add(node.get().line(), "objective: expected at least one");
        }
        return objectives;
    }
}
