package io.residual.cuda.nvidia;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;

/** Memory of a GPU and the copies to and from it. */
final class DeviceMemory implements AutoCloseable {
    private static final int SLOTS = 8;
    private static final int SLOT_BYTES = 1 << 20;

    private final Driver driver;
    private final Queue queue;
    private final long staging;
    private final long[] slotIsFree = new long[SLOTS];
    private int nextSlot;

    DeviceMemory(Driver driver, Queue queue) {
        this.driver = driver;
        this.queue = queue;
        long[] address = new long[1];
        check(driver.cuMemAllocHost_v2(address, (long) SLOTS * SLOT_BYTES), "cuMemAllocHost");
        staging = address[0];
        for (int slot = 0; slot < SLOTS; slot++) {
            slotIsFree[slot] = queue.event(Driver.EVENT_DISABLE_TIMING);
        }
    }

    /** Memory of unknown content, allowed while recording. */
    long reserve(long bytes) {
        queue.use();
        long[] address = new long[1];
        int result = driver.cuMemAlloc_v2(address, Math.max(1, bytes));
        if (result == DriverErrors.OUT_OF_MEMORY) {
            throw DriverErrors.outOfMemory(driver, bytes);
        }
        check(result, "cuMemAlloc");
        return address[0];
    }

    /** Memory full of zeros. */
    long allocate(long bytes) {
        queue.notWhileCapturing("allocate");
        long address = reserve(bytes);
        clear(address, bytes);
        return address;
    }

    void free(long address) {
        queue.synchronize();
        check(driver.cuMemFree_v2(address), "cuMemFree");
    }

    /** Copies by way of page-locked memory, so that neither the queue nor the caller's next step waits for the copy. */
    void upload(ByteBuffer from, long to) {
        queue.notWhileCapturing("upload");
        direct(from);
        queue.use();
        ByteBuffer rest = from.duplicate();
        long target = to;
        while (rest.hasRemaining()) {
            int bytes = Math.min(rest.remaining(), SLOT_BYTES);
            long event = slotIsFree[nextSlot];
            long slot = staging + (long) nextSlot * SLOT_BYTES;
            nextSlot = (nextSlot + 1) % SLOTS;
            check(driver.cuEventSynchronize(event), "cuEventSynchronize");
            ByteBuffer part = rest.slice(rest.position(), bytes);
            new Pointer(slot).getByteBuffer(0, bytes).put(part);
            check(driver.cuMemcpyHtoDAsync_v2(target, slot, bytes, queue.current()), "cuMemcpyHtoDAsync");
            check(driver.cuEventRecord(event, queue.current()), "cuEventRecord");
            rest.position(rest.position() + bytes);
            target += bytes;
        }
    }

    void download(long from, ByteBuffer to) {
        queue.notWhileCapturing("download");
        if (to.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        queue.synchronize();
        if (to.hasRemaining()) {
            check(driver.cuMemcpyDtoHAsync_v2(direct(to), from, to.remaining(), queue.current()), "cuMemcpyDtoHAsync");
        }
        queue.synchronize();
    }

    void clear(long address, long bytes) {
        if (bytes > 0) {
            queue.use();
            check(driver.cuMemsetD8Async(address, (byte) 0, bytes, queue.current()), "cuMemsetD8Async");
        }
    }

    void copy(long from, long to, long bytes) {
        if (bytes > 0) {
            queue.use();
            check(driver.cuMemcpyDtoDAsync_v2(to, from, bytes, queue.current()), "cuMemcpyDtoDAsync");
        }
    }

    @Override
    public void close() {
        queue.use();
        for (long event : slotIsFree) {
            check(driver.cuEventDestroy_v2(event), "cuEventDestroy");
        }
        check(driver.cuMemFreeHost(staging), "cuMemFreeHost");
    }

    private static long direct(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("Not a direct buffer: " + buffer);
        }
        return Pointer.nativeValue(Native.getDirectBufferPointer(buffer)) + buffer.position();
    }

    private void check(int result, String call) {
        DriverErrors.check(driver, result, call);
    }
}
