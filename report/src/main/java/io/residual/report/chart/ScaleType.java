package io.residual.report.chart;

import java.util.List;

/** How an axis spreads its values. */
public enum ScaleType {
    LINEAR {
        @Override
        double position(double value) {
            return value;
        }

        @Override
        double value(double position) {
            return position;
        }

        @Override
        Range niceRange(Range data, int maxTicks) {
            double step = LinearTicks.step(data, maxTicks);
            return new Range(
                    step * Math.floor(data.low() / step + ROUNDING), step * Math.ceil(data.high() / step - ROUNDING));
        }

        @Override
        List<Tick> ticks(Range range, int maxTicks) {
            return LinearTicks.of(range, maxTicks);
        }
    },
    /** By the decimal logarithm: for learning rates. Values must be above zero. */
    LOG {
        @Override
        double position(double value) {
            if (!(value > 0)) {
                throw new IllegalArgumentException("a logarithmic axis has no place for " + value);
            }
            return Math.log10(value);
        }

        @Override
        double value(double position) {
            return Math.pow(10, position);
        }

        @Override
        Range niceRange(Range data, int maxTicks) {
            double margin = (position(data.high()) - position(data.low())) / 40;
            return new Range(value(position(data.low()) - margin), value(position(data.high()) + margin));
        }

        @Override
        List<Tick> ticks(Range range, int maxTicks) {
            return LogTicks.of(range, maxTicks);
        }
    };

    /** So that 0.30000000000000004 does not ask for another step. */
    private static final double ROUNDING = 1e-9;

    /** Where a value lies before the axis is stretched to its length. */
    abstract double position(double value);

    abstract double value(double position);

    /** A range that includes the data and has round ends. */
    abstract Range niceRange(Range data, int maxTicks);

    abstract List<Tick> ticks(Range range, int maxTicks);
}
