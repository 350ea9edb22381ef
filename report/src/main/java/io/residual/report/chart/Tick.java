package io.residual.report.chart;

/**
 * A marked value of an axis.
 *
 * @param value finite
 * @param label the value in words, or empty for a mark alone
 */
public record Tick(double value, String label) {
    public Tick {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("a tick must be finite, found " + value);
        }
    }
}
