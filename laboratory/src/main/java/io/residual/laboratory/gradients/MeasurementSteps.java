package io.residual.laboratory.gradients;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * After how many steps a network is measured: at the start, and after an eighth, a quarter, half and all of them.
 *
 * @param steps of training, at least 0
 */
public record MeasurementSteps(int steps) {
    /** Steps times depth that take about the same time, whatever the depth. */
    private static final int WORK = 2400;

    /** Fewer steps show nothing. */
    private static final int MIN_STEPS = 10;

    public MeasurementSteps {
        if (!(steps >= 0)) {
            throw new IllegalArgumentException("steps must be at least 0, got " + steps);
        }
    }

    /** As many steps as take about a minute: 120 at depth 20, 21 at depth 110, none from depth 241 on. */
    public static MeasurementSteps forDepth(int depth) {
        int steps = WORK / depth;
        return new MeasurementSteps(steps < MIN_STEPS ? 0 : steps);
    }

    SortedSet<Integer> all() {
        SortedSet<Integer> moments = new TreeSet<>();
        for (int parts : new int[] {8, 4, 2, 1}) {
            moments.add(steps / parts);
        }
        moments.add(0);
        return moments;
    }

    boolean contains(long step) {
        return all().contains((int) step);
    }
}
