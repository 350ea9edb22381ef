package io.residual.cuda.nvidia;

import com.sun.jna.Memory;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Kernel;
import io.residual.cuda.device.Kernels;
import java.util.HashMap;
import java.util.Map;

/** Kernels of one source: in the GPU's memory from their first use until its context ends. */
final class LoadedKernels implements Kernels {
    private final Driver driver;
    private final Queue queue;
    private final CompiledSource source;
    private final PhaseTimes times;
    private final Map<String, Kernel> kernels = new HashMap<>();
    private final Map<String, Kernel> together = new HashMap<>();
    private long module;

    LoadedKernels(Driver driver, Queue queue, CompiledSource source, PhaseTimes times) {
        this.driver = driver;
        this.queue = queue;
        this.source = source;
        this.times = times;
    }

    /**
     * Loads them when they are compiled, unless that was done before.
     *
     * @throws CudaException if compiler or driver do not take them
     */
    void load() {
        if (module != 0) {
            return;
        }
        byte[] image = source.image();
        try {
            module = times.of("loading", () -> loaded(image));
        } catch (CudaException damaged) {
            module = loaded(source.again());
        }
    }

    private long loaded(byte[] image) {
        queue.use();
        long[] loaded = new long[1];
        try (Memory copy = new Memory(image.length + 1L)) {
            copy.write(0, image, 0, image.length);
            copy.setByte(image.length, (byte) 0);
            DriverErrors.check(driver, driver.cuModuleLoadData(loaded, copy), "cuModuleLoadData");
        }
        return loaded[0];
    }

    @Override
    public Kernel get(String name) {
        return kernels.computeIfAbsent(
                name,
                key -> kernel(
                        key,
                        "cuLaunchKernel",
                        (function, x, y, threads, packed) -> driver.cuLaunchKernel(
                                function, x, y, 1, threads, 1, 1, 0, queue.current(), packed, 0)));
    }

    @Override
    public Kernel together(String name) {
        return together.computeIfAbsent(
                name,
                key -> kernel(
                        key,
                        "cuLaunchCooperativeKernel",
                        (function, x, y, threads, packed) -> driver.cuLaunchCooperativeKernel(
                                function, x, y, 1, threads, 1, 1, 0, queue.current(), packed)));
    }

    /** A function of the driver that launches kernels; gives its status. */
    @FunctionalInterface
    private interface Launch {
        int run(long function, int blocksX, int blocksY, int threads, long packed);
    }

    private Kernel kernel(String name, String function, Launch launch) {
        long found = find(name);
        Arguments arguments = new Arguments();
        String call = function + " of " + name;
        return (blocksX, blocksY, threads, values) -> {
            queue.use();
            long packed = arguments.pack(values);
            DriverErrors.check(driver, launch.run(found, blocksX, blocksY, threads, packed), call);
        };
    }

    private long find(String name) {
        load();
        queue.use();
        long[] function = new long[1];
        int result = driver.cuModuleGetFunction(function, module, name);
        if (result == DriverErrors.NOT_FOUND) {
            throw new IllegalArgumentException(
                    "The source has no kernel " + name + "; is it declared extern \"C\" __global__?");
        }
        DriverErrors.check(driver, result, "cuModuleGetFunction");
        return function[0];
    }
}
