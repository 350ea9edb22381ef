package io.residual.cuda.nvidia;

/** Scratch memory of convolutions of one stream. */
final class Workspace {
    private final DeviceMemory memory;
    private final Queue queue;
    private long needed;
    private long capacity;
    private long address;
    private boolean recorded;

    Workspace(DeviceMemory memory, Queue queue) {
        this.memory = memory;
        this.queue = queue;
    }

    /** Says that so many bytes will be asked for. */
    void need(long bytes) {
        needed = Math.max(needed, bytes);
    }

    /** Makes room for the largest need so far. */
    void grow() {
        if (capacity < needed) {
            // What a recording knows is kept until the context ends.
            if (address != 0 && !recorded && !queue.isCapturing()) {
                memory.free(address);
            }
            address = 0;
            capacity = 0;
            address = memory.reserve(needed);
            capacity = needed;
            recorded = false;
        }
    }

    /** Where it is, with room for the largest need so far; 0 if nothing is needed. */
    long address() {
        grow();
        recorded |= queue.isCapturing();
        return address;
    }
}
