package io.residual.training.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All settings of a run. A new one is declared, named in {@code all()} and in {@code build()} in one of the classes that hold
 * the settings of a part: YAML files, command-line options, help texts and the checks of the records follow.
 */
public final class Settings {
    static final Setting<Long> SEED = new Setting<>(
            "seed",
            "of all that is random: weights, order of images",
            new ValueType.WholeNumbers<>(Long.MIN_VALUE, Long.MAX_VALUE, Long::valueOf),
            TrainingSpec::seed);

    private static final List<Setting<?>> ALL = Stream.of(
                    NetworkSettings.all(), DataSettings.all(), OptimisationSettings.all(), List.<Setting<?>>of(SEED))
            .flatMap(List::stream)
            .toList();

    private Settings() {}

    /** All settings, in the order in which files and help texts list them. */
    public static List<Setting<?>> all() {
        return ALL;
    }

    /** The setting of that name in YAML files. */
    public static Optional<Setting<?>> named(String name) {
        return ALL.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** What is wrong with the name of no setting, with the one that was probably meant. */
    public static String unknown(String name) {
        return "unknown setting " + Quoted.of(name)
                + NearestName.of(name, ALL.stream().map(Setting::name).toList())
                        .map(near -> ": did you mean " + near + "?")
                        .orElse("");
    }

    /**
     * Builds a spec from texts that {@link Setting#parse} accepts.
     *
     * @param texts one for each setting that has no default
     * @throws IllegalArgumentException if values that are allowed one by one do not go together
     */
    static TrainingSpec build(Map<Setting<?>, String> texts) {
        SettingValues all = new SettingValues(texts);
        return new TrainingSpec(
                NetworkSettings.build(all), DataSettings.build(all), OptimisationSettings.build(all), all.value(SEED));
    }
}
