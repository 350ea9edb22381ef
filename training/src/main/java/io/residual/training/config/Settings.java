package io.residual.training.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All settings of a run. */
public final class Settings {
    private static final List<Setting> ALL = TrainingSpec.SETTINGS.all();
    /** Settings that earlier releases wrote, with the one value that is still read. */
    private static final Map<String, String> RETIRED = Map.of("outsideLinks", "refuse");

    private Settings() {}

    /** All settings, in the order in which files list them. */
    public static List<Setting> all() {
        return ALL;
    }

    /** The setting of that name in YAML files. */
    public static Optional<Setting> named(String name) {
        return ALL.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** What is wrong with the name of no setting, with the one that was probably meant. */
    public static String unknown(String name) {
        return "unknown setting " + Quoted.of(name)
                + NearestName.of(name, ALL.stream().map(Setting::name).toList())
                        .map(near -> ": did you mean " + near + "?")
                        .orElse("");
    }

    /** What is wrong with a value under the name of no setting; empty if an earlier release wrote it and it can be ignored. */
    static Optional<String> unknown(String name, String text) {
        String read = RETIRED.get(name);
        if (read == null) {
            return Optional.of(unknown(name));
        }
        return text.equals(read)
                ? Optional.empty()
                : Optional.of(name + " is no longer a setting: expected " + read + ", got " + Quoted.of(text));
    }
}
