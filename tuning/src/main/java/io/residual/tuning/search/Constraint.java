package io.residual.tuning.search;

import java.util.function.Predicate;

/**
 * What every assignment of a space must satisfy.
 *
 * @param description for messages, such as "lowestRate < highestRate"
 */
public record Constraint(String description, Predicate<Assignment> allows) {}
