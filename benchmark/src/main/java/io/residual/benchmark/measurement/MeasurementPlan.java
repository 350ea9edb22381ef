package io.residual.benchmark.measurement;

import java.util.ArrayList;
import java.util.List;

/**
 * How long to repeat a step: warm-up until both limits are reached, then timed repetitions until both are reached.
 *
 * @param warmupSeconds at least 0
 * @param warmupIterations at least 1
 * @param seconds of the timed repetitions, at least 0
 * @param iterations timed ones, at least 1
 */
public record MeasurementPlan(double warmupSeconds, int warmupIterations, double seconds, int iterations) {
    public MeasurementPlan {
        if (!(warmupSeconds >= 0 && seconds >= 0 && warmupIterations >= 1 && iterations >= 1)) {
            throw new IllegalArgumentException(
                    "a measurement needs seconds of at least 0 and iterations of at least 1, got "
                            + warmupSeconds + " s and " + warmupIterations + " of warm-up, " + seconds + " s and "
                            + iterations
                            + " timed");
        }
    }

    /** Runs the step and returns the seconds of each timed repetition. */
    public List<Double> time(Runnable step) {
        repeat(step, warmupSeconds, warmupIterations);
        return repeat(step, seconds, iterations);
    }

    private static List<Double> repeat(Runnable step, double seconds, int iterations) {
        List<Double> durations = new ArrayList<>();
        long start = System.nanoTime();
        long before = start;
        while (durations.size() < iterations || (before - start) * 1e-9 < seconds) {
            step.run();
            long after = System.nanoTime();
            durations.add((after - before) * 1e-9);
            before = after;
        }
        return durations;
    }
}
