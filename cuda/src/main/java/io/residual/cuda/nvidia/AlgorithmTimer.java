package io.residual.cuda.nvidia;

import io.residual.cuda.device.CapturedGraph;
import io.residual.cuda.device.CudaException;

/** Times algorithms as they will run: recorded. */
final class AlgorithmTimer {
    private final Driver driver;
    private final Queue queue;
    private final DeviceMemory memory;
    private final int runs;

    /** Of so many runs one after the other. */
    AlgorithmTimer(Driver driver, Queue queue, DeviceMemory memory, int runs) {
        this.driver = driver;
        this.queue = queue;
        this.memory = memory;
        this.runs = runs;
    }

    /** The least milliseconds of the runs, infinite if it cannot be run or recorded. Kernels are loaded by that, too. */
    double time(Algorithm algorithm, Scratch scratch, int repeats) {
        long workspace = 0;
        try {
            workspace = algorithm.workspace() == 0 ? 0 : memory.reserve(algorithm.workspace());
            long room = workspace;
            algorithm.run(scratch.in(), scratch.weights(), scratch.out(), room);
            queue.synchronize();
            try (CapturedGraph graph = queue.capture(() -> {
                for (int run = 0; run < runs; run++) {
                    algorithm.run(scratch.in(), scratch.weights(), scratch.out(), room);
                }
            })) {
                return time(graph, repeats);
            }
        } catch (CudaException unable) {
            return Double.POSITIVE_INFINITY;
        } finally {
            if (workspace != 0) {
                memory.free(workspace);
            }
        }
    }

    private double time(CapturedGraph graph, int repeats) {
        long start = queue.event(Driver.EVENT_DEFAULT);
        long stop = queue.event(Driver.EVENT_DEFAULT);
        double least = Double.MAX_VALUE;
        graph.launch();
        for (int repeat = 0; repeat < repeats; repeat++) {
            DriverErrors.check(driver, driver.cuEventRecord(start, queue.current()), "cuEventRecord");
            graph.launch();
            DriverErrors.check(driver, driver.cuEventRecord(stop, queue.current()), "cuEventRecord");
            queue.synchronize();
            float[] milliseconds = new float[1];
            DriverErrors.check(driver, driver.cuEventElapsedTime(milliseconds, start, stop), "cuEventElapsedTime");
            least = Math.min(least, milliseconds[0]);
        }
        queue.synchronize();
        DriverErrors.check(driver, driver.cuEventDestroy_v2(start), "cuEventDestroy");
        DriverErrors.check(driver, driver.cuEventDestroy_v2(stop), "cuEventDestroy");
        return least;
    }
}
