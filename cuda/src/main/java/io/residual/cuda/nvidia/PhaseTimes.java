package io.residual.cuda.nvidia;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** How long parts of the preparations have taken; those of several threads are added up. */
final class PhaseTimes {
    private final Map<String, Double> seconds = new TreeMap<>();

    /** Does a part of one. */
    <T> T of(String phase, Supplier<T> work) {
        long start = System.nanoTime();
        try {
            return work.get();
        } finally {
            add(phase, (System.nanoTime() - start) / 1e9);
        }
    }

    private synchronized void add(String phase, double more) {
        seconds.merge(phase, more, Double::sum);
    }

    /** Seconds by phase. */
    synchronized Map<String, Double> seconds() {
        return new TreeMap<>(seconds);
    }
}
