package io.residual.training.config;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.training.config.yaml.FileErrors;
import io.residual.training.config.yaml.YamlDocument;
import io.residual.training.config.yaml.YamlFields;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Gathers the values of a spec from a file and from overrides, together with all errors of both. */
final class SpecReader {
    private final Map<String, Object> values = new HashMap<>();
    private final Set<Setting> mentioned = new HashSet<>();
    private final List<String> errors = new ArrayList<>();
    private String origin = "options";
    /** False if it is not known which settings the file would have named. */
    private boolean complete = true;

    /** @param message why there is no file to read */
    void error(String message) {
        errors.add(message);
        complete = false;
    }

    void readFile(Path file) {
        try {
            readYaml(file.toString(), SpecFile.text(file));
        } catch (IOException e) {
            error(file + ": " + IoErrors.reason(e));
        }
    }

    /** @param name of the file, as messages should call it */
    void readYaml(String name, String yaml) {
        origin = name;
        FileErrors found = new FileErrors(name);
        YamlDocument document = YamlDocument.read(yaml, "preset", found);
        YamlFields fields = new YamlFields("", document.root(), found);
        fields.entries().forEach((key, node) -> {
            Optional<Setting> setting = Settings.named(key);
            Optional<String> text = fields.text(key, node);
            if (setting.isEmpty()) {
                Settings.unknown(key, text.orElse("")).ifPresent(error -> found.add(node.line(), error));
                return;
            }
            mentioned.add(setting.get());
            text.ifPresent(t -> parse(setting.get(), t, error -> found.add(node.line(), key + ": " + error)));
        });
        complete = document.complete();
        errors.addAll(found.messages());
    }

    /**
     * Reads values that win over the file's.
     *
     * @param overrides texts by {@link Setting#name}
     * @param label how messages name a setting
     */
    void readOverrides(Map<String, String> overrides, Function<Setting, String> label) {
        for (Setting setting : Settings.all()) {
            String text = overrides.get(setting.name());
            if (text != null) {
                mentioned.add(setting);
                parse(setting, text, error -> errors.add(label.apply(setting) + ": " + error));
            }
        }
        overrides.keySet().stream()
                .filter(name -> Settings.named(name).isEmpty())
                .sorted()
                .flatMap(name -> Settings.unknown(name, String.valueOf(overrides.get(name))).stream())
                .forEach(error -> errors.add("options: " + error));
    }

    private void parse(Setting setting, String text, Consumer<String> onError) {
        try {
            values.put(setting.name(), setting.parse(text));
        } catch (IllegalArgumentException e) {
            onError.accept(String.valueOf(e.getMessage()));
        }
    }

    /** @throws ResidualException with a line for every error */
    TrainingSpec finish(Kind onError) {
        if (complete) {
            Settings.all().stream()
                    .filter(setting -> !mentioned.contains(setting))
                    .filter(setting -> setting.defaultValue().isEmpty())
                    .forEach(setting -> errors.add(origin + ": " + setting.missing()));
        }
        if (!errors.isEmpty()) {
            throw new ResidualException(onError, String.join("\n", errors));
        }
        try {
            return TrainingSpec.SETTINGS.from(values);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(onError, origin + ": " + e.getMessage(), e);
        }
    }
}
