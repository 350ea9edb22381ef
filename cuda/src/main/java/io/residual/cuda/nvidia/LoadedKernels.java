package io.residual.cuda.nvidia;

import com.sun.jna.Memory;
import io.residual.cuda.device.Kernel;
import io.residual.cuda.device.Kernels;
import java.util.HashMap;
import java.util.Map;

/** Kernels of one compiled source in the GPU's memory, until its context ends. */
final class LoadedKernels implements Kernels {
    private final Driver driver;
    private final Queue queue;
    private final long module;
    private final Map<String, Kernel> kernels = new HashMap<>();

    /**
     * Loads what was compiled.
     *
     * @throws io.residual.cuda.device.CudaException if the driver does not take it
     */
    LoadedKernels(Driver driver, Queue queue, byte[] image) {
        this.driver = driver;
        this.queue = queue;
        queue.use();
        long[] loaded = new long[1];
        try (Memory copy = new Memory(image.length + 1L)) {
            copy.write(0, image, 0, image.length);
            copy.setByte(image.length, (byte) 0);
            DriverErrors.check(driver, driver.cuModuleLoadData(loaded, copy), "cuModuleLoadData");
        }
        module = loaded[0];
    }

    @Override
    public Kernel get(String name) {
        return kernels.computeIfAbsent(name, this::find);
    }

    private Kernel find(String name) {
        queue.use();
        long[] function = new long[1];
        int result = driver.cuModuleGetFunction(function, module, name);
        if (result == DriverErrors.NOT_FOUND) {
            throw new IllegalArgumentException(
                    "The source has no kernel " + name + "; is it declared extern \"C\" __global__?");
        }
        DriverErrors.check(driver, result, "cuModuleGetFunction");
        Arguments arguments = new Arguments();
        String call = "cuLaunchKernel of " + name;
        return (blocksX, blocksY, threads, values) -> {
            queue.use();
            DriverErrors.check(
                    driver,
                    driver.cuLaunchKernel(
                            function[0],
                            blocksX,
                            blocksY,
                            1,
                            threads,
                            1,
                            1,
                            0,
                            queue.current(),
                            arguments.pack(values),
                            0),
                    call);
        };
    }
}
