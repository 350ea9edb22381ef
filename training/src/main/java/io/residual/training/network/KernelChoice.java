package io.residual.training.network;

import io.residual.onednn.Availability;
import io.residual.onednn.OneDnn;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.nd4j.linalg.factory.Nd4j;

/** Which kernels a command asks for, in the words of {@code --kernels}. */
public enum KernelChoice {
    /** oneDNN if it is available, else Deeplearning4j's own. */
    AUTO,
    ONEDNN,
    STOCK;

    /** How many threads BLAS had before it was limited; 0 if it was not. It has one next to oneDNN, whose threads it would slow down. */
    private static final AtomicInteger THREADS_BEFORE = new AtomicInteger();

    private static final Logger LOG = LogManager.getLogger(KernelChoice.class);

    /** The kernels that this process can use, prepared for it; says in one warning why they are not oneDNN's where those were wanted. */
    public ComputeKernels resolve() {
        if (this == STOCK) {
            restoreBlas();
            return ComputeKernels.STOCK;
        }
        if (OneDnn.availability() instanceof Availability.Unavailable unavailable) {
            LOG.warn("training and inference use Deeplearning4j's own kernels: {}", unavailable.reason());
            return ComputeKernels.STOCK;
        }
        THREADS_BEFORE.compareAndSet(0, OneDnn.limitBlas());
        return ComputeKernels.ONEDNN;
    }

    /** Loads oneDNN's library ahead of {@link #resolve()}, which reports if it cannot be used. */
    public void load() {
        if (this != STOCK && OneDnn.availability() instanceof Availability.Unavailable unavailable) {
            LOG.debug("oneDNN was not loaded: {}", unavailable.reason());
        }
    }

    private static void restoreBlas() {
        if (THREADS_BEFORE.get() > 0) {
            Nd4j.factory().blas().setMaxThreads(THREADS_BEFORE.get());
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
