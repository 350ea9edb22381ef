package io.residual.tuning.search;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Values of parameters, in the order of their space; parameters whose condition does not hold are absent.
 *
 * @param values each a {@link Double}, {@link Long} or {@link String}, by name
 */
public record Assignment(Map<String, Object> values) {
    public Assignment {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        values.forEach((name, value) -> {
            if (!(value instanceof Double || value instanceof Long || value instanceof String)) {
                throw new IllegalArgumentException(name + " must be a Double, Long or String, got "
                        + (value == null ? "null" : "a " + value.getClass().getSimpleName()));
            }
        });
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Optional<Object> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * A number, whether it is whole or not.
     *
     * @throws IllegalArgumentException if there is no such number
     */
    public double number(String name) {
        Object value = values.get(name);
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw missing(name, "number", value);
    }

    /**
     * A whole number.
     *
     * @throws IllegalArgumentException if there is no such whole number
     */
    public long whole(String name) {
        Object value = values.get(name);
        if (value instanceof Long whole) {
            return whole;
        }
        throw missing(name, "whole number", value);
    }

    /**
     * A choice.
     *
     * @throws IllegalArgumentException if there is no such choice
     */
    public String choice(String name) {
        Object value = values.get(name);
        if (value instanceof String choice) {
            return choice;
        }
        throw missing(name, "choice", value);
    }

    private static IllegalArgumentException missing(String name, String kind, @Nullable Object value) {
        return new IllegalArgumentException(
                value == null ? name + " has no value" : name + " is " + value + ", not a " + kind);
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
