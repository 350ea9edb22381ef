package io.residual.training.run;

import org.nd4j.linalg.factory.Nd4j;

/**
 * What the arrays are computed by.
 *
 * @param name "CPU" or "CUDA"
 * @param type class of ND4J's backend
 * @param threads most threads of one operation, at least 1
 */
public record Backend(String name, String type, int threads) {
    public Backend {
        if (!(threads >= 1)) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
    }

    /** The backend of this process; loads it if nothing has yet. */
    public static Backend current() {
        return new Backend(
                Nd4j.getEnvironment().isCPU() ? "CPU" : "CUDA",
                Nd4j.getBackend().getClass().getName(),
                Math.max(1, Nd4j.getEnvironment().maxThreads()));
    }
}
