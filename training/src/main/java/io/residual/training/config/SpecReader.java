package io.residual.training.config;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.FlatYaml.Fault;
import io.residual.training.config.FlatYaml.Wholeness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gathers the values of a spec from a file and from options, together with every fault of both. */
final class SpecReader {
    private final Map<Setting<?>, String> texts = new HashMap<>();
    private final Set<Setting<?>> mentioned = new HashSet<>();
    private final List<String> faults = new ArrayList<>();
    private String origin = "options";
    private Wholeness wholeness = Wholeness.WHOLE;

    void fault(String message) {
        faults.add(message);
        wholeness = Wholeness.CUT;
    }

    void readFile(Path file) {
        try {
            readYaml(file.toString(), SpecFile.text(file));
        } catch (IOException e) {
            fault(file + ": " + e.getMessage());
        }
    }

    /** @param name of the file, as messages should call it */
    void readYaml(String name, String yaml) {
        origin = name;
        FlatYaml flat = FlatYaml.read(yaml);
        wholeness = flat.wholeness();
        List<Fault> found = new ArrayList<>(flat.faults());
        for (FlatYaml.Entry entry : flat.entries()) {
            Optional<Setting<?>> setting = Settings.named(entry.name());
            if (setting.isEmpty()) {
                found.add(new Fault(entry.line(), Settings.unknown(entry.name())));
                continue;
            }
            mentioned.add(setting.get());
            if (entry.text() != null) {
                try {
                    take(setting.get(), entry.text());
                } catch (IllegalArgumentException e) {
                    found.add(new Fault(entry.line(), entry.name() + ": " + e.getMessage()));
                }
            }
        }
        found.sort(Comparator.comparingInt(Fault::line));
        found.forEach(f -> faults.add(name + ":" + f.line() + ": " + f.message()));
    }

    /** @param overrides texts by {@link Setting#name}, which win over the file's */
    void readOptions(Map<String, String> overrides) {
        for (Setting<?> setting : Settings.all()) {
            String text = overrides.get(setting.name());
            if (text != null) {
                try {
                    take(setting, text);
                } catch (IllegalArgumentException e) {
                    faults.add(setting.option() + ": " + e.getMessage());
                }
            }
        }
        overrides.keySet().stream()
                .filter(name -> Settings.named(name).isEmpty())
                .sorted()
                .forEach(name -> faults.add("options: " + Settings.unknown(name)));
    }

    private void take(Setting<?> setting, String text) {
        mentioned.add(setting);
        setting.parse(text);
        texts.put(setting, text);
    }

    /** @throws ResidualException with a line for every fault */
    TrainingSpec finish(Kind onFault) {
        if (wholeness == Wholeness.WHOLE) {
            Settings.all().stream()
                    .filter(setting -> !mentioned.contains(setting))
                    .filter(setting -> setting.otherwise().isEmpty())
                    .forEach(setting -> faults.add(origin + ": " + setting.missing()));
        }
        if (faults.isEmpty()) {
            try {
                return Settings.build(texts);
            } catch (IllegalArgumentException e) {
                throw new ResidualException(onFault, origin + ": " + e.getMessage(), e);
            }
        }
        throw new ResidualException(onFault, String.join("\n", faults));
    }
}
