package io.residual.tuning.worker;

import com.sun.management.OperatingSystemMXBean;
import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import java.lang.management.ManagementFactory;

/**
 * What one worker may use of the machine.
 *
 * @param threads of its kernels, at least 1
 * @param heapBytes of its JVM
 * @param offHeapBytes of blocks that JavaCPP counts; ND4J's arrays are not among them, so that this is room, not a limit
 */
public record Share(int threads, long heapBytes, long offHeapBytes) {
    private static final long MEBIBYTE = 1L << 20;
    /** A JVM that trains the smallest networks. */
    private static final long LEAST_HEAP = 256 * MEBIBYTE;

    private static final long MOST_HEAP = 2048 * MEBIBYTE;
    /** Room for the system, the sweep itself and the JVMs' own memory. */
    private static final double OF_MEMORY = 0.8;

    public Share {
        if (threads < 1) {
            throw new IllegalArgumentException("a worker needs at least 1 thread, got " + threads);
        }
    }

    /**
     * An equal part of this machine.
     *
     * @throws CommandException of status USAGE if the parts are too small to train in
     */
    public static Share ofThisMachine(int workers) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return of(workers, Runtime.getRuntime().availableProcessors(), system.getTotalMemorySize());
    }

    static Share of(int workers, int cores, long memoryBytes) {
        long memory = (long) (OF_MEMORY * memoryBytes / workers);
        if (workers > cores || memory < 2 * LEAST_HEAP) {
            throw new CommandException(
                    ExitStatus.USAGE,
                    "--workers " + workers + " is too many for " + cores + " cores and " + memoryBytes / MEBIBYTE
                            + " MiB of memory: a worker needs a core and " + 2 * LEAST_HEAP / MEBIBYTE + " MiB");
        }
        long heap = Math.min(MOST_HEAP, Math.max(LEAST_HEAP, memory / 4));
        return new Share(cores / workers, heap, memory - heap);
    }
}
