package io.residual.tuning.search;

import java.util.Optional;
import java.util.Set;

/**
 * A named dimension of a space.
 *
 * @param onlyIf when it has a value at all; always, if empty
 */
public record Parameter(String name, Dimension dimension, Optional<Condition> onlyIf) {
    public Parameter {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a parameter needs a name");
        }
    }

    /** A parameter that always has a value. */
    public static Parameter of(String name, Dimension dimension) {
        return new Parameter(name, dimension, Optional.empty());
    }

    /** This parameter, with a value only if another has one of some values. */
    public Parameter onlyIf(String parent, Set<?> values) {
        return new Parameter(name, dimension, Optional.of(new Condition(parent, Set.copyOf(values))));
    }

    /** Whether it has a value, given those of the parameters before it. */
    public boolean appliesTo(Assignment before) {
        return onlyIf.map(c -> c.holds(before)).orElse(true);
    }

    /**
     * Holds if another parameter has one of some values.
     *
     * @param values at least one
     */
    public record Condition(String parent, Set<Object> values) {
        public Condition {
            values = Set.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("a condition on " + parent + " names at least one value");
            }
        }

        boolean holds(Assignment assignment) {
            return assignment.value(parent).map(values::contains).orElse(false);
        }
    }
}
