package io.residual.tuning.search;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;

/** The values that a parameter can have, and how likely each is before anything is known. */
public sealed interface Dimension {
    /**
     * The value at a place of the unit interval, such that places drawn uniformly give values as likely as they should be.
     *
     * @param unit from 0 to 1
     */
    Object at(double unit);

    /** A place of the unit interval at which the value is: the middle of those places. */
    double unit(Object value);

    /**
     * Where a value is among the others: on the line on which near values have near effects (its logarithm, if that is so); of a
     * choice its index.
     */
    double place(Object value);

    boolean contains(Object value);

    /** How many values there are; empty if they are not countable. */
    OptionalLong size();

    /** Values on a line. */
    sealed interface Numeric extends Dimension {
        /** The nearest value to a place on that line. */
        Object nearest(double place);

        /** The lowest place that {@link #nearest} rounds to a value without clipping. */
        double lowest();

        /** The highest place that {@link #nearest} rounds to a value without clipping. */
        double highest();

        /** Distance between places of neighbouring values, 0 if there are none. */
        double spacing();

        @Override
        default Object at(double unit) {
            requireUnit(unit);
            return nearest(lowest() + unit * (highest() - lowest()));
        }

        @Override
        default double unit(Object value) {
            return (place(value) - lowest()) / (highest() - lowest());
        }
    }

    /**
     * Real numbers, all as likely.
     *
     * @param low finite, included
     * @param high above {@code low}
     */
    record Uniform(double low, double high) implements Numeric {
        public Uniform {
            requireInterval(low, high);
        }

        @Override
        public double place(Object value) {
            return (Double) value;
        }

        @Override
        public Object nearest(double place) {
            return Math.min(Math.max(place, low), high);
        }

        @Override
        public double lowest() {
            return low;
        }

        @Override
        public double highest() {
            return high;
        }

        @Override
        public double spacing() {
            return 0;
        }

        @Override
        public boolean contains(Object value) {
            return value instanceof Double real && real >= low && real <= high;
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.empty();
        }
    }

    /**
     * Real numbers whose logarithms are all as likely.
     *
     * @param low above 0, included
     * @param high above {@code low}
     */
    record LogUniform(double low, double high) implements Numeric {
        public LogUniform {
            requireInterval(low, high);
            if (!(low > 0)) {
                throw new IllegalArgumentException("a logarithmic interval starts above 0, not at " + low);
            }
        }

        @Override
        public double place(Object value) {
            return Math.log((Double) value);
        }

        /** Exactly the ends, which rounding of the logarithm would miss. */
        @Override
        public Object nearest(double place) {
            if (place <= lowest()) {
                return low;
            }
            return place >= highest() ? high : Math.min(Math.max(Math.exp(place), low), high);
        }

        @Override
        public double lowest() {
            return Math.log(low);
        }

        @Override
        public double highest() {
            return Math.log(high);
        }

        @Override
        public double spacing() {
            return 0;
        }

        @Override
        public boolean contains(Object value) {
            return value instanceof Double real && real >= low && real <= high;
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.empty();
        }
    }

    /**
     * Whole numbers {@code low}, {@code low + step} and so on, all as likely.
     *
     * @param high at least {@code low}, a whole number of steps away
     * @param step at least 1
     */
    record IntUniform(long low, long high, long step) implements Numeric {
        public IntUniform {
            if (!(step >= 1 && high >= low && (high - low) % step == 0)) {
                throw new IllegalArgumentException(
                        "whole numbers go from low to high in whole steps of at least 1, not from " + low + " to "
                                + high + " in steps of " + step);
            }
        }

        @Override
        public double place(Object value) {
            return (Long) value;
        }

        @Override
        public Object nearest(double place) {
            long steps = Math.round((place - low) / step);
            return low + step * Math.min(Math.max(steps, 0), (high - low) / step);
        }

        @Override
        public double lowest() {
            return low - 0.5 * step;
        }

        @Override
        public double highest() {
            return high + 0.5 * step;
        }

        @Override
        public double spacing() {
            return step;
        }

        @Override
        public boolean contains(Object value) {
            return value instanceof Long whole && whole >= low && whole <= high && (whole - low) % step == 0;
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.of((high - low) / step + 1);
        }
    }

    /**
     * Words without an order, all as likely.
     *
     * @param choices at least one, none twice
     */
    record Categorical(List<String> choices) implements Dimension {
        public Categorical {
            choices = List.copyOf(choices);
            if (choices.isEmpty() || new LinkedHashSet<>(choices).size() < choices.size()) {
                throw new IllegalArgumentException("choices must be at least one, and none twice, got " + choices);
            }
        }

        @Override
        public Object at(double unit) {
            requireUnit(unit);
            return choices.get(Math.min((int) (unit * choices.size()), choices.size() - 1));
        }

        @Override
        public double unit(Object value) {
            return (place(value) + 0.5) / choices.size();
        }

        @Override
        public double place(Object value) {
            return choices.indexOf((String) value);
        }

        @Override
        public boolean contains(Object value) {
            return value instanceof String && choices.contains(value);
        }

        @Override
        public OptionalLong size() {
            return OptionalLong.of(choices.size());
        }
    }

    private static void requireInterval(double low, double high) {
        if (!(Double.isFinite(low) && Double.isFinite(high) && low < high)) {
            throw new IllegalArgumentException(
                    "an interval has finite ends, the low one below, got " + low + " to " + high);
        }
    }

    private static void requireUnit(double unit) {
        if (!(unit >= 0 && unit <= 1)) {
            throw new IllegalArgumentException("a place of the unit interval is from 0 to 1, got " + unit);
        }
    }
}
