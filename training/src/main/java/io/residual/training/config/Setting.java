package io.residual.training.config;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One setting of a run: its name in YAML files, its command-line option, and the values it may have.
 *
 * @param <T> type of the value
 */
public final class Setting<T> {
    private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

    private final String name;
    private final String description;
    private final ValueType<T> domain;
    private final Function<TrainingSpec, T> of;
    private final Optional<T> otherwise;

    /** A setting that every file must name. */
    Setting(String name, String description, ValueType<T> domain, Function<TrainingSpec, T> of) {
        this(name, description, domain, of, Optional.empty());
    }

    private Setting(
            String name, String description, ValueType<T> domain, Function<TrainingSpec, T> of, Optional<T> otherwise) {
        this.name = name;
        this.description = description;
        this.domain = domain;
        this.of = of;
        this.otherwise = otherwise;
    }

    /** The same setting, which files may leave out: it then has this value. */
    Setting<T> otherwise(T value) {
        return new Setting<>(name, description, domain, of, Optional.of(value));
    }

    /** The value where a file does not name the setting. */
    Optional<T> otherwise() {
        return otherwise;
    }

    /** Key in YAML files, in camel case. */
    public String name() {
        return name;
    }

    /** Option of commands: the name in kebab case after two dashes. */
    public String option() {
        return "--" + CAPITAL.matcher(name).replaceAll(m -> "-" + m.group().toLowerCase(Locale.ROOT));
    }

    /** What the setting does, without its range. */
    public String description() {
        return description;
    }

    /** The allowed values in words, such as "a whole number from 1 to 8". */
    public String range() {
        return domain.words();
    }

    /** Value of this setting in a spec, as YAML files and the command line write it. */
    public String text(TrainingSpec spec) {
        return domain.text(of.apply(spec));
    }

    /** What is wrong with a text as the value of this setting; empty if nothing is. */
    public Optional<String> fault(String text) {
        try {
            parse(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    T parse(String text) {
        return domain.parse(text);
    }

    String missing() {
        return name + " is missing: expected " + domain.words();
    }

    void require(T value) {
        domain.require(name, value);
    }

    @Override
    public String toString() {
        return name;
    }
}
