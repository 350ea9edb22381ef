package io.residual.tuning.search;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * All assignments that a sweep can try.
 *
 * @param parameters at least one; a condition names a parameter before its own
 * @param constraints which assignments to exclude
 */
public record SearchSpace(List<Parameter> parameters, List<Constraint> constraints) {
    /** After so many assignments in a row that break a constraint, there may be none that does not. */
    private static final int MAX_DRAWS = 1_000;

    public SearchSpace {
        parameters = List.copyOf(parameters);
        constraints = List.copyOf(constraints);
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException("a search space needs at least one parameter");
        }
        Map<String, Dimension> before = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            parameter.onlyIf().ifPresent(condition -> requireParent(parameter, condition, before));
            if (before.put(parameter.name(), parameter.dimension()) != null) {
                throw new IllegalArgumentException("there are two parameters of the name " + parameter.name());
            }
        }
    }

    private static void requireParent(
            Parameter parameter, Parameter.Condition condition, Map<String, Dimension> before) {
        Dimension parent = before.get(condition.parent());
        if (parent == null) {
            throw new IllegalArgumentException(
                    parameter.name() + " depends on " + condition.parent() + ", which is not before it");
        }
        condition.values().stream().filter(value -> !parent.contains(value)).forEach(value -> {
            throw new IllegalArgumentException(
                    parameter.name() + " depends on " + condition.parent() + " being " + value + ", which it never is");
        });
    }

    /** A space without constraints. */
    public static SearchSpace of(Parameter... parameters) {
        return new SearchSpace(List.of(parameters), List.of());
    }

    public Optional<Parameter> parameter(String name) {
        return parameters.stream().filter(p -> p.name().equals(name)).findFirst();
    }

    /** Asks for a value of each parameter whose condition holds, in order. */
    public Assignment assign(Function<Parameter, Object> values) {
        Map<String, Object> chosen = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            if (parameter.appliesTo(new Assignment(chosen))) {
                chosen.put(parameter.name(), values.apply(parameter));
            }
        }
        return new Assignment(chosen);
    }

    /**
     * The assignment at a point of the unit cube; coordinates of parameters whose condition does not hold have no effect.
     *
     * @param point a place from 0 to 1 for each parameter, in order
     */
    public Assignment at(double[] point) {
        return assign(parameter -> parameter.dimension().at(point[parameters.indexOf(parameter)]));
    }

    /** The point of the unit cube of an assignment; parameters without a value are at 0.5. */
    public double[] point(Assignment assignment) {
        return parameters.stream()
                .mapToDouble(
                        p -> assignment.value(p.name()).map(p.dimension()::unit).orElse(0.5))
                .toArray();
    }

    /** Whether exactly the parameters whose conditions hold have a value, each of its dimension, and all constraints hold. */
    public boolean contains(Assignment assignment) {
        return parameters.stream().allMatch(p -> fits(p, assignment))
                && parameters.stream()
                        .map(Parameter::name)
                        .collect(Collectors.toSet())
                        .containsAll(assignment.values().keySet())
                && allows(assignment);
    }

    private static boolean fits(Parameter parameter, Assignment assignment) {
        return assignment
                .value(parameter.name())
                .map(value ->
                        parameter.appliesTo(assignment) && parameter.dimension().contains(value))
                .orElse(!parameter.appliesTo(assignment));
    }

    /** Whether all constraints hold. */
    public boolean allows(Assignment assignment) {
        return constraints.stream().allMatch(c -> c.allows().test(assignment));
    }

    /**
     * The first of a source's assignments that all constraints allow.
     *
     * @throws ResidualException of kind BAD_SETTING after {@value #MAX_DRAWS} that they do not
     */
    public Assignment firstAllowed(Supplier<Assignment> source) {
        for (int draw = 0; draw < MAX_DRAWS; draw++) {
            Assignment assignment = source.get();
            if (allows(assignment)) {
                return assignment;
            }
        }
        throw new ResidualException(
                Kind.BAD_SETTING,
                "constraints ("
                        + constraints.stream().map(Constraint::description).collect(Collectors.joining("; "))
                        + "): none of " + MAX_DRAWS
                        + " assignments in a row satisfied them. Loosen them, or change the ranges of the search"
                        + " space.");
    }

    /**
     * The first of a source's allowed assignments that was not tried before; the last of {@value #MAX_DRAWS} if all were,
     * as in a space that has no others.
     *
     * @throws ResidualException of kind BAD_SETTING after {@value #MAX_DRAWS} assignments that constraints do not allow
     */
    public Assignment firstUntried(Supplier<Assignment> source, Predicate<Assignment> tried) {
        Assignment assignment = firstAllowed(source);
        for (int draw = 1; draw < MAX_DRAWS && tried.test(assignment); draw++) {
            assignment = firstAllowed(source);
        }
        return assignment;
    }

    /**
     * What every assignment of a space must satisfy.
     *
     * @param description for messages, such as "lowestRate < highestRate"
     */
    public record Constraint(String description, Predicate<Assignment> allows) {}
}
