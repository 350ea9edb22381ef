package io.residual.cuda.device;

/** Work that was recorded once, to be queued again and again with little effort. */
public interface CapturedGraph extends AutoCloseable {
    /** Queues it behind what was queued before. */
    void launch();

    @Override
    void close();
}
