package io.residual.report.chart;

import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;

/**
 * The numbers between two bounds.
 *
 * @param low finite
 * @param high finite, above {@code low}
 */
public record Range(double low, double high) {
    public Range {
        if (!(Double.isFinite(low) && Double.isFinite(high) && low < high)) {
            throw new IllegalArgumentException("not a range: " + low + " to " + high);
        }
    }

    /**
     * Returns the range of data, a little around it if there is one value only, and 0 to 1 if there is none.
     *
     * @throws IllegalArgumentException if a value is NaN or infinite
     */
    static Range around(DoubleStream values, ScaleType scaling) {
        DoubleSummaryStatistics found = values.map(scaling::position).summaryStatistics();
        if (found.getCount() == 0) {
            return new Range(scaling.value(0), scaling.value(1));
        }
        double low = found.getMin();
        double high = found.getMax();
        if (low == high) {
            double around = scaling == ScaleType.LOG || low == 0 ? 0.5 : Math.abs(low) / 2;
            low -= around;
            high += around;
        }
        return new Range(scaling.value(low), scaling.value(high));
    }
}
