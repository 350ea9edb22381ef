package io.residual.report.chart;

import io.residual.report.Numbers;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Ticks at multiples of 1, 2 or 5 times a power of ten. Labels are exact: the multiples are computed in decimals. */
final class LinearTicks {
    private LinearTicks() {}

    /** The smallest of 1, 2, 5, 10, ... that gives at most so many ticks. */
    static double step(Range range, int maxTicks) {
        return decimalStep(range, maxTicks).doubleValue();
    }

    private static BigDecimal decimalStep(Range range, int maxTicks) {
        double minimum = (range.high() - range.low()) / Math.max(1, maxTicks - 1);
        int exponent = (int) Math.floor(Math.log10(minimum));
        for (int mantissa : new int[] {1, 2, 5}) {
            BigDecimal step = BigDecimal.valueOf(mantissa).scaleByPowerOfTen(exponent);
            if (step.doubleValue() >= minimum * (1 - 1e-9)) {
                return step;
            }
        }
        return BigDecimal.ONE.scaleByPowerOfTen(exponent + 1);
    }

    /** All multiples of the step in the range. */
    static List<Tick> of(Range range, int maxTicks) {
        BigDecimal step = decimalStep(range, maxTicks);
        double width = step.doubleValue();
        long first = (long) Math.ceil(range.low() / width - 1e-9);
        long last = (long) Math.floor(range.high() / width + 1e-9);
        List<Tick> ticks = new ArrayList<>();
        for (long i = first; i <= last; i++) {
            BigDecimal value = step.multiply(BigDecimal.valueOf(i));
            ticks.add(new Tick(value.doubleValue(), Numbers.of(value)));
        }
        return ticks;
    }
}
