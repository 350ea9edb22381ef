package io.residual.tuning.report;

import io.residual.report.chart.Axis;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Dimension;
import io.residual.tuning.search.Parameter;
import java.util.OptionalDouble;

/** A parameter as an axis of charts: real numbers on the scale that they are drawn on, words as categories. */
record ParameterAxis(Parameter parameter) {
    String name() {
        return parameter.name();
    }

    Axis axis() {
        Dimension dimension = parameter.dimension();
        if (dimension instanceof Dimension.Categorical words) {
            return Axis.categories(name(), words.choices());
        }
        if (dimension instanceof Dimension.LogUniform interval) {
            return Axis.log(name()).between(interval.low(), interval.high());
        }
        double low = number(dimension.at(0));
        double high = number(dimension.at(1));
        return low < high ? Axis.linear(name()).between(low, high) : Axis.linear(name());
    }

    /** Where a trial's value is on the axis; empty in trials in which the parameter does not count. */
    OptionalDouble place(Assignment assignment) {
        return assignment
                .value(name())
                .map(value -> OptionalDouble.of(
                        parameter.dimension() instanceof Dimension.Categorical words
                                ? words.choices().indexOf((String) value)
                                : number(value)))
                .orElse(OptionalDouble.empty());
    }

    /** The same place as a share of the axis, from 0 to 1. */
    double unit(Assignment assignment) {
        return assignment.value(name()).map(parameter.dimension()::unit).orElse(0.5);
    }

    /** The place on the axis of a share of it. */
    double at(double unit) {
        return number(parameter.dimension().at(unit));
    }

    /** Whether the values lie on a line. */
    boolean isNumeric() {
        return parameter.dimension() instanceof Dimension.Numeric;
    }

    private static double number(Object value) {
        return ((Number) value).doubleValue();
    }
}
