package io.residual.training.device;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Device;
import io.residual.cuda.nvidia.Determinism;
import io.residual.cuda.nvidia.Gpu;

/** Opens GPUs. */
@FunctionalInterface
public interface DeviceOpener {
    /** NVIDIA's. */
    DeviceOpener NVIDIA = Gpu::open;

    /**
     * Opens one.
     *
     * @param index from 0
     * @throws CudaException if it cannot be used
     */
    Device open(int index, Determinism determinism);
}
