package io.residual.report.chart;

import java.util.List;

/**
 * Places values on paper.
 *
 * @param range the values between the ends
 * @param from pixels of the low end
 * @param to pixels of the high end, which may be less
 * @param ticks the marked values, in rising order
 */
public record Scale(ScaleType scaling, Range range, double from, double to, List<Tick> ticks) {
    public Scale {
        ticks = List.copyOf(ticks);
    }

    /** Pixels of a value, beyond the ends for one outside the range. */
    public double at(double value) {
        double low = scaling.position(range.low());
        double high = scaling.position(range.high());
        return from + (to - from) * (scaling.position(value) - low) / (high - low);
    }
}
