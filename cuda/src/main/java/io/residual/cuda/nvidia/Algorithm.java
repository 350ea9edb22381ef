package io.residual.cuda.nvidia;

/** A way to compute a convolution that is ready to run. */
interface Algorithm extends AutoCloseable {
    /** Names it in any process with the same libraries. */
    String tag();

    /** What is known about its numbers. */
    String notes();

    /** How many bytes of scratch memory it needs. */
    long workspace();

    /** Queues it. */
    void run(long in, long weights, long out, long scratch);

    @Override
    void close();
}
