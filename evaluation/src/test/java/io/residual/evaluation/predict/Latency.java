package io.residual.evaluation.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Measures one caller of a warm {@link Classifier}: arguments are the directory of a run and a picture. Run it on a quiet
 * machine with the JVM options of config/java.options.
 */
public final class Latency {
    private static final int WARM_UP = 2000;
    private static final int CALLS = 5000;

    private Latency() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) throws IOException {
        byte[] file = Files.readAllBytes(Path.of(args[1]));
        long begin = System.nanoTime();
        try (Classifier classifier = Classifier.open(Path.of(args[0]))) {
            double openSeconds = (System.nanoTime() - begin) * 1e-9;
            long[] nanos = new long[CALLS];
            for (int i = -WARM_UP; i < CALLS; i++) {
                long start = System.nanoTime();
                classifier.classify(file);
                if (i >= 0) {
                    nanos[i] = System.nanoTime() - start;
                }
            }
            Arrays.sort(nanos);
            System.out.printf(
                    Locale.ROOT,
                    "opened in %.1f s; decode and classify: p50 %.2f ms, p99 %.2f ms, of %,d calls%n",
                    openSeconds,
                    nanos[CALLS / 2] * 1e-6,
                    nanos[CALLS * 99 / 100] * 1e-6,
                    CALLS);
        }
    }
}
