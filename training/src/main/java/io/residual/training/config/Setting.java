package io.residual.training.config;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One setting of a run: its name in YAML files and the values it may have. A new one is declared in the record that it
 * belongs to: YAML files, command-line options and help texts follow.
 *
 * @param <T> type of the value
 */
public final class Setting<T> {
    /** What a setting is about: help texts have a heading for each. */
    public enum Topic {
        NETWORK,
        DATA,
        AUGMENTATION,
        SCHEDULE,
        OPTIMISER,
        REGULARISATION,
        RUN
    }

    private final String name;
    private final Topic topic;
    private final String description;
    private final ValueType<T> type;
    private final Function<TrainingSpec, T> of;
    private final @Nullable T defaultValue;

    /** @param defaultValue null if every file must name the setting */
    Setting(
            String name,
            Topic topic,
            String description,
            ValueType<T> type,
            Function<TrainingSpec, T> of,
            @Nullable T defaultValue) {
        this.name = name;
        this.topic = topic;
        this.description = description;
        this.type = type;
        this.of = of;
        this.defaultValue = defaultValue;
    }

    /** Key in YAML files, in camel case. */
    public String name() {
        return name;
    }

    public Topic topic() {
        return topic;
    }

    /** What the setting does, without its range. */
    public String description() {
        return description;
    }

    /** What a value is, for help texts, such as "PIXELS" or "book|torchvision". */
    public String metavariable() {
        return type.metavariable();
    }

    /** What the metavariable does not say about the values, such as "from 1 to 8"; may be empty. */
    public String range() {
        return type.range();
    }

    /** The value if a file does not name the setting. */
    Optional<T> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    /** Whether a spec has the value that the setting has by default. */
    public boolean isDefault(TrainingSpec spec) {
        return of.apply(spec).equals(defaultValue);
    }

    /** Value of this setting in a spec, as YAML files and the command line write it. */
    public String text(TrainingSpec spec) {
        return type.text(of.apply(spec));
    }

    /** What is wrong with a text as the value of this setting; empty if nothing is. */
    public Optional<String> error(String text) {
        try {
            parse(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    T parse(String text) {
        return type.parse(text);
    }

    String missing() {
        return name + " is missing: expected " + type.description();
    }

    void require(T value) {
        if (!type.contains(value)) {
            throw new IllegalArgumentException(name + ": " + type.expected(type.text(value)));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
