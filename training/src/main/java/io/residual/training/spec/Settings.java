package io.residual.training.spec;

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
            new Domain.WholeNumbers<>(Long.MIN_VALUE, Long.MAX_VALUE, Long::valueOf),
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

    static Optional<Setting<?>> named(String name) {
        return ALL.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /**
     * Builds a spec from texts that {@link Setting#parse} accepts.
     *
     * @param texts one for each setting that has no default
     * @throws IllegalArgumentException if values that are allowed one by one do not go together
     */
    static TrainingSpec build(Map<Setting<?>, String> texts) {
        SettingTexts all = new SettingTexts(texts);
        return new TrainingSpec(
                NetworkSettings.build(all), DataSettings.build(all), OptimisationSettings.build(all), all.value(SEED));
    }
}
