package io.residual.training.loop;

import java.util.Comparator;
import java.util.List;

/**
 * The result of a range test.
 *
 * @param points at least two, by rising rate
 */
public record RateCurve(List<Point> points) {
    /** A tenth of where the loss is lowest is the usual advice: there it is about to rise. */
    private static final double MARGIN = 10;

    /** Points on either side over which a slope is measured. */
    private static final int REACH = 2;

    /**
     * A step of the test.
     *
     * @param rate of learning
     * @param loss moving average, in nats
     */
    public record Point(double rate, double loss) {}

    public RateCurve {
        points = List.copyOf(points);
        if (points.size() < 2) {
            throw new IllegalArgumentException("a range test needs two steps, got " + points.size());
        }
    }

    /** The rate of the lowest loss. */
    public double lowest() {
        return points.stream()
                .min(Comparator.comparingDouble(Point::loss))
                .orElseThrow()
                .rate();
    }

    /** The rate at which the loss falls fastest, by the logarithm of the rate. */
    public double steepest() {
        int best = 0;
        for (int i = 1; i < points.size(); i++) {
            if (slope(i) < slope(best)) {
                best = i;
            }
        }
        return points.get(best).rate();
    }

    private double slope(int at) {
        Point before = points.get(Math.max(0, at - REACH));
        Point after = points.get(Math.min(points.size() - 1, at + REACH));
        return (after.loss() - before.loss()) / Math.log(after.rate() / before.rate());
    }

    /** A highest rate that is worth trying first. */
    public double suggestion() {
        return lowest() / MARGIN;
    }
}
