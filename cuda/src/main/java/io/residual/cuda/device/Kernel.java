package io.residual.cuda.device;

/** A compiled function that runs on the device. */
public interface Kernel {
    /**
     * Queues it behind what was queued before.
     *
     * @param blocksX blocks in the first dimension of the grid
     * @param blocksY in the second
     * @param threads of a block
     * @param arguments each a Long (an address or a 64-bit number), an Integer or a Float, in the function's order and of its types
     */
    void launch(int blocksX, int blocksY, int threads, Object... arguments);
}
