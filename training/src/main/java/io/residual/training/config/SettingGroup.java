package io.residual.training.config;

import io.residual.training.config.Setting.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

    /**
     * Starts the declaration of a setting.
     *
     * @param name its key in YAML files
     * @param description what it does, without its range
     */
    Declaration named(String name, String description) {
        return new Declaration(name, description);
    }

    /** A setting that has a name. */
    final class Declaration {
        private final String name;
        private final String description;

        private Declaration(String name, String description) {
            this.name = name;
            this.description = description;
        }

        /** A setting that every file must name. */
        <T> Setting<T> required(ValueType<T> type, Function<P, T> component) {
            return register(type, component, null);
        }

        /** A setting that files may omit: it then has this value. */
        <T> Setting<T> withDefault(ValueType<T> type, Function<P, T> component, T defaultValue) {
            return register(type, component, defaultValue);
        }

        private <T> Setting<T> register(ValueType<T> type, Function<P, T> component, @Nullable T defaultValue) {
            Setting<T> setting = new Setting<>(name, topic, description, type, part.andThen(component), defaultValue);
            declared.add(setting);
            return setting;
        }
    }

    List<Setting<?>> all() {
        return List.copyOf(declared);
    }
}
