package io.residual.tuning.trials;

import com.sun.management.OperatingSystemMXBean;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.lang.management.ManagementFactory;

/**
 * What one worker may use of the machine.
 *
 * @param threads of its kernels, at least 1
 * @param heapBytes of its JVM
 * @param offHeapBytes of blocks that JavaCPP counts; ND4J's arrays are not among them, so that this is room, not a limit
 */
public record WorkerResources(int threads, long heapBytes, long offHeapBytes) {
    private static final long MEBIBYTE = 1L << 20;
    /** A JVM that trains the smallest networks. */
    private static final long MIN_HEAP = 256 * MEBIBYTE;

    private static final long MAX_HEAP = 2048 * MEBIBYTE;
    /** Room for the system, the sweep itself and the JVMs' own memory. */
    private static final double MEMORY_FRACTION = 0.8;

    public WorkerResources {
        if (threads < 1) {
            throw new IllegalArgumentException("a worker needs at least 1 thread, got " + threads);
        }
    }

    /**
     * An equal part of this machine.
     *
     * @throws ResidualException of kind BAD_SETTING if the parts are too small to train in
     */
    public static WorkerResources forThisMachine(int workers) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return of(workers, Runtime.getRuntime().availableProcessors(), system.getTotalMemorySize());
    }

    static WorkerResources of(int workers, int cores, long memoryBytes) {
        long memory = (long) (MEMORY_FRACTION * memoryBytes / workers);
        if (workers > cores || memory < 2 * MIN_HEAP) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    workers + " workers are too many for " + cores + " cores and " + memoryBytes / MEBIBYTE
                            + " MiB of memory: a worker needs a core and " + 2 * MIN_HEAP / MEBIBYTE + " MiB");
        }
        long heap = Math.min(MAX_HEAP, Math.max(MIN_HEAP, memory / 4));
        return new WorkerResources(cores / workers, heap, memory - heap);
    }
}
