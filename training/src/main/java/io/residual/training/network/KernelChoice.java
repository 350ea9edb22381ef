package io.residual.training.network;

import io.residual.onednn.Availability;
import io.residual.onednn.OneDnn;
import java.util.Locale;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Which kernels a command asks for, in the words of {@code --kernels}. */
public enum KernelChoice {
    /** oneDNN if it is available, else Deeplearning4j's own. */
    AUTO,
    ONEDNN,
    STOCK;

    private static final Logger LOG = LogManager.getLogger(KernelChoice.class);

    /** The kernels that this process can use, prepared for it; says in one warning why they are not oneDNN's where those were wanted. */
    public ComputeKernels resolve() {
        if (this == STOCK) {
            BlasThreads.restore();
            return ComputeKernels.STOCK;
        }
        if (OneDnn.availability() instanceof Availability.Unavailable unavailable) {
            LOG.warn("training and inference use Deeplearning4j's own kernels: {}", unavailable.reason());
            return ComputeKernels.STOCK;
        }
        BlasThreads.limit();
        return ComputeKernels.ONEDNN;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
