package io.residual.tuning.sweep;

import io.residual.training.config.Setting;
import io.residual.training.config.Settings;
import io.residual.training.config.yaml.FileErrors;
import io.residual.training.config.yaml.YamlFields;
import io.residual.training.config.yaml.YamlNode;
import io.residual.tuning.search.Dimension;
import io.residual.tuning.search.Parameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads the search space of a sweep file: under the name of each setting one of {@code uniform: [LOW, HIGH]},
 * {@code logUniform: [LOW, HIGH]}, {@code integer: [LOW, HIGH]} or {@code [LOW, HIGH, STEP]}, {@code choice: [...]}, and
 * {@code if: {SETTING: VALUE}} if it only counts there.
 */
final class SpaceReader {
    private static final List<String> KINDS = List.of("uniform", "logUniform", "integer", "choice");
    private static final String CONDITION = "if";

    private final YamlFields space;
    private final FileErrors errors;
    private final Map<String, Parameter> read = new LinkedHashMap<>();

    SpaceReader(YamlFields space) {
        this.space = space;
        this.errors = space.errors();
    }

    /** The parameters without an error, in the order of the file. */
    List<Parameter> read() {
        space.entries().forEach((name, node) -> {
            Optional<Setting> setting = Settings.named(name);
            if (setting.isEmpty()) {
                errors.add(node.line(), Settings.unknown(name));
            } else if (node instanceof YamlNode.Mapping mapping) {
                parameter(setting.get(), new YamlFields(name, mapping, errors)).ifPresent(p -> read.put(name, p));
            } else if (!(node instanceof YamlNode.Refused)) {
                errors.add(
                        node.line(),
                        name + ": expected one of " + String.join(", ", KINDS) + ", such as {choice: [...]}, got "
                                + node.kind());
            }
        });
        return List.copyOf(read.values());
    }

    private Optional<Parameter> parameter(Setting setting, YamlFields fields) {
        Set<String> names = new HashSet<>(KINDS);
        names.add(CONDITION);
        fields.allowOnly(names);
        List<String> kinds =
                KINDS.stream().filter(kind -> fields.node(kind).isPresent()).toList();
        if (kinds.size() != 1) {
            errors.add(
                    fields.mapping().line(),
                    setting.name() + ": expected one of " + String.join(", ", KINDS) + ", got "
                            + (kinds.isEmpty() ? "none" : String.join(" and ", kinds)));
            return Optional.empty();
        }
        Optional<Parameter> parameter =
                dimension(setting, kinds.get(0), fields).map(d -> Parameter.of(setting.name(), d));
        return parameter.map(p -> conditional(p, fields));
    }

    private Optional<Dimension> dimension(Setting setting, String kind, YamlFields fields) {
        YamlNode node = fields.node(kind).orElseThrow();
        List<String> texts = fields.texts(setting.name(), node);
        try {
            Dimension dimension = switch (kind) {
                case "uniform" -> new Dimension.Uniform(real(texts, 0), real(ends(texts, 2, 2), 1));
                case "logUniform" -> new Dimension.LogUniform(real(texts, 0), real(ends(texts, 2, 2), 1));
                case "integer" -> integers(ends(texts, 2, 3));
                default -> new Dimension.Categorical(texts);
            };
            return allAllowed(setting, dimension, node.line()) ? Optional.of(dimension) : Optional.empty();
        } catch (IllegalArgumentException e) {
            errors.add(node.line(), setting.name() + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The values of a numeric setting have no gaps, so that checking the ends checks what is between them. */
    private boolean allAllowed(Setting setting, Dimension dimension, int line) {
        List<String> values = boundaryTexts(dimension);
        List<String> problems =
                values.stream().flatMap(v -> setting.error(v).stream()).toList();
        problems.forEach(problem -> errors.add(line, setting.name() + ": " + problem));
        return problems.isEmpty();
    }

    private static List<String> boundaryTexts(Dimension dimension) {
        if (dimension instanceof Dimension.Categorical words) {
            return words.choices();
        }
        return List.of(dimension.at(0).toString(), dimension.at(1).toString());
    }

    private static List<String> ends(List<String> texts, int min, int max) {
        if (texts.size() < min || texts.size() > max) {
            throw new IllegalArgumentException("expected [low, high" + (max == 3 ? "] or [low, high, step" : "")
                    + "], got " + texts.size() + " values");
        }
        return texts;
    }

    private static double real(List<String> texts, int index) {
        String text = index < texts.size() ? texts.get(index) : "";
        OptionalDouble number = YamlFields.number(text);
        return number.orElseThrow(() -> new IllegalArgumentException("expected [low, high], got \"" + text + "\""));
    }

    private static Dimension integers(List<String> texts) {
        List<Long> numbers = new ArrayList<>();
        for (String text : texts) {
            OptionalLong number = YamlFields.integer(text);
            numbers.add(number.orElseThrow(
                    () -> new IllegalArgumentException("expected whole numbers, got \"" + text + "\"")));
        }
        return new Dimension.IntUniform(numbers.get(0), numbers.get(1), numbers.size() == 3 ? numbers.get(2) : 1);
    }

    private Parameter conditional(Parameter parameter, YamlFields fields) {
        Optional<YamlNode.Mapping> condition = fields.mapping(CONDITION);
        if (condition.isEmpty()) {
            return parameter;
        }
        if (condition.get().entries().size() != 1) {
            errors.add(condition.get().line(), parameter.name() + ": if names one setting, such as {schedule: cosine}");
            return parameter;
        }
        Map.Entry<String, YamlNode> only =
                condition.get().entries().entrySet().iterator().next();
        String parent = only.getKey();
        YamlNode values = only.getValue();
        Parameter known = read.get(parent);
        if (known == null) {
            errors.add(
                    condition.get().line(),
                    parameter.name() + ": if " + parent + ": the space has no " + parent + " before "
                            + parameter.name());
            return parameter;
        }
        Set<Object> allowed = new HashSet<>();
        for (String text : fields.texts(parent, values)) {
            Object value = known.dimension() instanceof Dimension.Categorical ? text : wholeOrText(text);
            if (known.dimension().contains(value)) {
                allowed.add(value);
            } else {
                errors.add(values.line(), parameter.name() + ": if " + parent + ": it never is \"" + text + "\" here");
            }
        }
        return allowed.isEmpty() ? parameter : parameter.onlyIf(parent, allowed);
    }

    private static Object wholeOrText(String text) {
        OptionalLong whole = YamlFields.integer(text);
        return whole.isPresent() ? whole.getAsLong() : text;
    }
}
