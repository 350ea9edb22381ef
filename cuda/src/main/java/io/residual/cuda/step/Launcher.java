package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Kernels;

/** Kernels of a source, with as many blocks of one size as they have work for. */
record Launcher(Device device, Kernels kernels) {
    static final int THREADS = 256;

    /** Queues a kernel. */
    void launch(String name, int blocksX, int blocksY, Object... arguments) {
        kernels.get(name).launch(blocksX, blocksY, THREADS, arguments);
    }

    /** Enough for a thread of each number, or for all multiprocessors. */
    int blocks(long count) {
        return (int) Math.min((count + THREADS - 1) / THREADS, 32L * device.multiprocessors());
    }
}
