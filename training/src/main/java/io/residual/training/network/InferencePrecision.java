package io.residual.training.network;

import io.residual.onednn.inference.CompiledInference;
import java.util.Locale;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** In which numbers a trained network is computed, in the words of {@code --precision}. */
public enum InferencePrecision {
    /** 32-bit floats. */
    FLOAT32,
    /** bfloat16 weights and activations, 32-bit sums and logits. */
    BF16,
    /** 8-bit integers as weights and activations, 32-bit sums, and a last layer of 32-bit floats. */
    INT8;

    private static final Logger LOG = LogManager.getLogger(InferencePrecision.class);

    /** This precision, or the nearest that kernels and processor have, with one warning that says so. */
    public InferencePrecision resolve(ComputeKernels kernels) {
        if (this == FLOAT32) {
            return this;
        }
        if (kernels == ComputeKernels.CUDA) {
            if (this == INT8) {
                LOG.warn("inference in bf16 instead of int8: only a CPU computes in that here");
            }
            return BF16;
        }
        if (kernels != ComputeKernels.ONEDNN) {
            LOG.warn("inference in float32 instead of {}: only oneDNN computes in that, and it is not used here", this);
            return FLOAT32;
        }
        boolean isSupported = this == BF16 ? CompiledInference.hasBf16() : CompiledInference.hasIntegers();
        if (isSupported) {
            return this;
        }
        InferencePrecision nearest = this == INT8 && CompiledInference.hasBf16() ? BF16 : FLOAT32;
        LOG.warn("inference in {} instead of {}: this processor has no instructions for that", nearest, this);
        return nearest;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
