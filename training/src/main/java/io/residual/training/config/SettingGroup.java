package io.residual.training.config;

import io.residual.training.config.Setting.Owner;
import io.residual.training.config.Setting.Topic;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one record of a spec, and the way from their values to the record. They are declared in the order of the
 * record's components: a setting or, for a component that is a record of settings itself, the group of that.
 *
 * @param <P> the record
 */
final class SettingGroup<P extends Record> {
    private final Class<P> record;
    private Topic topic;
    private String name = "";
    private String description = "";
    private @Nullable Owner owner;
    private final List<Component> components = new ArrayList<>();

    /**
     * What is declared for a component.
     *
     * @param settings as the record has them
     * @param from makes the component's value of values by setting name
     * @param check refuses a value out of range with an {@link IllegalArgumentException}
     */
    private record Component(
            List<Setting> settings, Function<Map<String, Object>, Object> from, Consumer<Object> check) {}

    SettingGroup(Class<P> record, Topic topic) {
        this.record = record;
        this.topic = topic;
    }

    /** Changes the topic of the settings that follow. */
    SettingGroup<P> topic(Topic next) {
        topic = next;
        return this;
    }

    /**
     * Starts the declaration of a setting, which {@code required} or {@code optional} ends.
     *
     * @param key its name in YAML files
     * @param text what it does, without its range
     */
    SettingGroup<P> named(String key, String text) {
        name = key;
        description = text;
        owner = null;
        return this;
    }

    /**
     * Says with which values of another setting the declared one has an effect.
     *
     * @param values as files write them; all but zero if there are none
     */
    SettingGroup<P> with(String setting, String... values) {
        owner = new Owner(setting, List.of(values));
        return this;
    }

    /** Every file must name the setting. */
    SettingGroup<P> required(ValueType<?> type) {
        return add(type, null);
    }

    /** Files may omit the setting: it then has this value. */
    <T> SettingGroup<P> optional(ValueType<T> type, T defaultValue) {
        return add(type, defaultValue);
    }

    /** The same for the constants of an enum. */
    <E extends Enum<E>> SettingGroup<P> optional(E defaultValue) {
        return add(ValueType.words(defaultValue.getDeclaringClass().getEnumConstants()), defaultValue);
    }

    private SettingGroup<P> add(ValueType<?> type, @Nullable Object defaultValue) {
        @SuppressWarnings("unchecked") // only values that it has parsed, or of the component, are handed to it
        ValueType<Object> values = (ValueType<Object>) type;
        Setting setting = new Setting(name, topic, description, values, next(), defaultValue, owner);
        components.add(new Component(
                List.of(setting),
                given -> Objects.requireNonNull(given.getOrDefault(setting.name(), defaultValue), setting.name()),
                setting::require));
        return this;
    }

    /** A component that is a record of settings. */
    SettingGroup<P> part(SettingGroup<?> part) {
        Function<Object, Object> component = next();
        components.add(new Component(
                part.all().stream().map(setting -> setting.within(component)).toList(), part::from, checked -> {}));
        return this;
    }

    /** The way from the record to the first component that has no setting yet. */
    private Function<Object, Object> next() {
        Method accessor = record.getRecordComponents()[components.size()].getAccessor();
        return whole -> {
            try {
                return Objects.requireNonNull(accessor.invoke(whole));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(accessor + " cannot be called", e);
            }
        };
    }

    List<Setting> all() {
        return components.stream().flatMap(c -> c.settings().stream()).toList();
    }

    /** Refuses values out of range with an {@link IllegalArgumentException}: one for each component, in their order. */
    void require(Object... values) {
        for (int i = 0; i < components.size(); i++) {
            components.get(i).check().accept(values[i]);
        }
    }

    /**
     * Makes the record.
     *
     * @param values by setting name, as {@link Setting#parse} returned them; one that is not there has its default
     * @throws IllegalArgumentException if values that are allowed one by one do not fit together
     */
    P from(Map<String, Object> values) {
        Object[] arguments =
                components.stream().map(c -> c.from().apply(values)).toArray();
        Class<?>[] types = Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return record.getDeclaredConstructor(types).newInstance(arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof IllegalArgumentException refused ? refused : new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no " + record + " of " + values, e);
        }
    }
}
