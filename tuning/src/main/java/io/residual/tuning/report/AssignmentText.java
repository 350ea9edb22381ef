package io.residual.tuning.report;

import io.residual.report.Numbers;
import io.residual.tuning.search.Assignment;
import java.util.stream.Collectors;

/** Values of settings and objectives as reports show them: numbers with four significant digits. */
final class AssignmentText {
    private static final int DIGITS = 4;

    private AssignmentText() {}

    static String of(Object value) {
        return value instanceof Double number ? Numbers.of(number, DIGITS) : value.toString();
    }

    static String of(Assignment assignment) {
        return assignment.values().entrySet().stream()
                .map(entry -> entry.getKey() + " " + of(entry.getValue()))
                .collect(Collectors.joining(", "));
    }
}
