package io.residual.training.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One setting of a run: its name in YAML files and the values it may have. A new one is declared in the record that it
 * belongs to: YAML files, command-line options and help texts follow.
 */
public final class Setting {
    /** What a setting is about: help texts have a heading for each. */
    public enum Topic {
        NETWORK,
        DATA,
        AUGMENTATION,
        SCHEDULE,
        OPTIMISER,
        REGULARISATION,
        CLASSES,
        RUN
    }

    private final String name;
    private final Topic topic;
    private final String description;
    private final ValueType<Object> type;
    private final Function<Object, Object> of;
    private final @Nullable Object defaultValue;
    private final @Nullable Owner owner;

    /**
     * The setting that decides whether another has an effect.
     *
     * @param values with which it has, as files write them; all but zero if there are none
     */
    record Owner(String setting, List<String> values) {
        Owner {
            values = List.copyOf(values);
        }

        private boolean uses(String text) {
            return values.isEmpty() ? !text.matches("0(\\.0)?") : values.contains(text);
        }
    }

    /**
     * Declares a setting.
     *
     * @param of finds the value in the record or spec
     * @param defaultValue null if every file must name the setting
     * @param owner null if the setting always has an effect
     */
    Setting(
            String name,
            Topic topic,
            String description,
            ValueType<Object> type,
            Function<Object, Object> of,
            @Nullable Object defaultValue,
            @Nullable Owner owner) {
        this.name = name;
        this.topic = topic;
        this.description = description;
        this.type = type;
        this.of = of;
        this.defaultValue = defaultValue;
        this.owner = owner;
    }

    /** The same setting of a record that has this one's record as a part. */
    Setting within(Function<Object, Object> part) {
        return new Setting(name, topic, description, type, part.andThen(of), defaultValue, owner);
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
    Optional<Object> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    /** Whether a spec has the value that the setting has by default. */
    public boolean isDefault(TrainingSpec spec) {
        return of.apply(spec).equals(defaultValue);
    }

    /**
     * Why this setting has no effect in a spec; empty if it has one.
     *
     * @param label how the message names a setting
     */
    public Optional<String> unused(TrainingSpec spec, Function<Setting, String> label) {
        if (owner == null) {
            return Optional.empty();
        }
        Setting deciding = Settings.named(owner.setting()).orElseThrow();
        String text = deciding.text(spec);
        return owner.uses(text)
                ? Optional.empty()
                : Optional.of("has an effect with " + label.apply(deciding) + " "
                        + (owner.values().isEmpty() ? "above 0" : String.join(" or ", owner.values()))
                        + " only, and it is " + text);
    }

    /** Value of this setting in a spec, as YAML files and the command line write it. */
    public String text(TrainingSpec spec) {
        return type.text().apply(of.apply(spec));
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

    Object parse(String text) {
        return type.parse(text);
    }

    String missing() {
        return name + " is missing: expected " + type.description();
    }

    void require(Object value) {
        if (!type.allowed().test(value)) {
            throw new IllegalArgumentException(
                    name + ": " + type.expected(type.text().apply(value)));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
