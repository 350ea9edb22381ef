package io.residual.training.config;

import io.residual.training.config.Setting.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Settings of one record of a spec. A setting registers itself as the record declares it, in the order of the record's
 * components.
 *
 * @param <P> the record
 */
final class SettingGroup<P> {
    private final Topic topic;
    private final Function<TrainingSpec, P> part;
    private final List<Setting<?>> declared = new ArrayList<>();

    /** @param part finds the record in a spec */
    SettingGroup(Topic topic, Function<TrainingSpec, P> part) {
        this.topic = topic;
        this.part = part;
    }

    /** Declares a setting that every file must name. */
    <T> Setting<T> required(String name, String description, ValueType<T> type, Function<P, T> component) {
        return register(new Setting<>(name, topic, description, type, part.andThen(component), null));
    }

    /** Declares a setting that files may omit: it then has this value. */
    <T> Setting<T> withDefault(
            String name, String description, ValueType<T> type, Function<P, T> component, T defaultValue) {
        return register(new Setting<>(name, topic, description, type, part.andThen(component), defaultValue));
    }

    private <T> Setting<T> register(Setting<T> setting) {
        declared.add(setting);
        return setting;
    }

    List<Setting<?>> all() {
        return List.copyOf(declared);
    }
}
