package io.residual.training.network;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.onednn.Availability.Available;
import io.residual.onednn.OneDnn;
import io.residual.training.config.Precision;
import java.util.Locale;

/** What computes a network. */
public enum ComputeKernels {
    /** Module onednn: several times as fast on a CPU. */
    ONEDNN,
    /** Deeplearning4j's own. */
    STOCK,
    /** Module cuda, on a GPU. No network is made for these: it is trained there, and computed by others on the CPU. */
    CUDA;

    /**
     * For people and manifests, such as "oneDNN 3.8.1, bf16 factors".
     *
     * @throws ResidualException of kind BAD_SETTING if these kernels do not compute in that precision
     */
    public String describe(Precision precision) {
        return switch (precision) {
            case FLOAT32 -> describe();
            case TF32 ->
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        "precision tf32: only a GPU computes in tf32, and none is used here: use precision float32");
            case BF16 -> {
                if (this != ONEDNN) {
                    throw new ResidualException(
                            Kind.BAD_SETTING,
                            "precision bf16: only oneDNN computes in bf16, and it is not used here: use precision"
                                    + " float32");
                }
                yield describe() + ", bf16 factors where the processor has them";
            }
        };
    }

    /** For people and manifests, such as "oneDNN 3.8.1". */
    public String describe() {
        return this == ONEDNN && OneDnn.availability() instanceof Available available
                ? String.format(Locale.ROOT, "oneDNN %s", available.version())
                : "stock Deeplearning4j";
    }
}
