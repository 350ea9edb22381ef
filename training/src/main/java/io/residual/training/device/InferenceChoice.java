package io.residual.training.device;

import io.residual.training.network.InferencePrecision;
import io.residual.training.network.KernelChoice;

/**
 * What trained networks are to be computed on and in, as far as it is there.
 *
 * @param kernels of the CPU
 */
public record InferenceChoice(DeviceChoice device, KernelChoice kernels, InferencePrecision precision) {
    /** The CPU with its best kernels, in 32-bit floats. */
    public static final InferenceChoice DEFAULT =
            new InferenceChoice(DeviceChoice.CPU, KernelChoice.AUTO, InferencePrecision.FLOAT32);
}
