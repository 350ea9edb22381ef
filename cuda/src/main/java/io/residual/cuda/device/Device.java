package io.residual.cuda.device;

import io.residual.cuda.device.Convolution.Pass;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A GPU. Work is queued, and done in the order of the queue. Not for several threads at once.
 *
 * <p>Addresses are of memory on the device.
 */
public interface Device extends AutoCloseable {
    /** A buffer for copies, full of zeros, in the device's byte order. */
    static ByteBuffer buffer(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    /** As the driver calls it. */
    String name();

    /** How many blocks of kernels run at once, at the least. */
    int multiprocessors();

    /** How many blocks of a kernel of up to 512 threads can wait for each other: 0 if none can. */
    int blocksTogether();

    /** What is free of its memory, in bytes. */
    long freeBytes();

    /**
     * Memory full of zeros, aligned to 256 bytes.
     *
     * @throws CudaException if less is free
     */
    long allocate(long bytes);

    void free(long address);

    /**
     * Queues a copy to the device and waits until the buffer may be used again.
     *
     * @param from direct, whose remaining bytes are copied; its position stays
     */
    void upload(ByteBuffer from, long to);

    /** Copies to a direct buffer's remaining bytes, whose position stays, when all that was queued before is done. */
    void download(long from, ByteBuffer to);

    /** Queues the writing of zeros. */
    void clear(long address, long bytes);

    /** Queues a copy on the device. */
    void copy(long from, long to, long bytes);

    /**
     * Begins to compile CUDA C, or takes what was compiled of the same source before. If it is wrong, asking for a kernel fails
     * with the compiler's messages.
     */
    Kernels compile(String source);

    /** Says that a convolution will be chosen, so that what takes long can begin. */
    void announce(ConvolutionShape shape, Pass pass, Format format);

    /**
     * Chooses an algorithm for a convolution.
     *
     * @throws CudaException if the library has none
     */
    Convolution convolution(ConvolutionShape shape, Pass pass, Format format);

    /** What is queued from now on, up to {@link #endSide}, may run beside what is queued after it, behind all before it. */
    void beginSide();

    void endSide();

    /** What is queued from now on runs behind all that was queued, on the side as well. */
    void joinSide();

    /** How many seconds parts of the preparations have taken so far, by name; none if they are not measured. */
    Map<String, Double> preparationSeconds();

    /** Records what is queued instead of running it. */
    CapturedGraph capture(Runnable work);

    /**
     * Waits until all that was queued is done.
     *
     * @throws CudaException if any of it failed
     */
    void synchronize();

    @Override
    void close();
}
