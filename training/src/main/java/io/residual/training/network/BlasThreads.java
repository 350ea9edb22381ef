package io.residual.training.network;

import io.residual.onednn.OneDnn;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.factory.Nd4j;

/** How many threads BLAS has in this process: one next to oneDNN, whose threads it would slow down; all if it computes the convolutions. */
final class BlasThreads {
    /** What it had before it was limited; 0 if it was not. */
    private static final AtomicInteger BEFORE = new AtomicInteger();

    private BlasThreads() {}

    static void limit() {
        BEFORE.compareAndSet(0, OneDnn.limitBlas());
    }

    static void restore() {
        if (BEFORE.get() > 0) {
            Nd4j.factory().blas().setMaxThreads(BEFORE.get());
        }
    }
}
