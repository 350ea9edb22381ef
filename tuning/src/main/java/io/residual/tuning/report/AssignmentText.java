package io.residual.tuning.report;

import io.residual.tuning.search.Assignment;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Numbers as tables show them: four digits that count. */
final class AssignmentText {
    private static final MathContext DIGITS = new MathContext(4);

    private AssignmentText() {}

    static String of(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return value == 0 ? "0" : Double.toString(value);
        }
        double size = Math.abs(value);
        return size < 1e-3 || size >= 1e6
                ? String.format(Locale.ROOT, "%.3e", value)
                : new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
    }

    /** A value of an assignment. */
    static String of(Object value) {
        return value instanceof Double number ? of(number.doubleValue()) : value.toString();
    }

    static String of(Assignment assignment) {
        return assignment.values().entrySet().stream()
                .map((Map.Entry<String, Object> entry) -> entry.getKey() + " " + of(entry.getValue()))
                .collect(Collectors.joining(", "));
    }
}
