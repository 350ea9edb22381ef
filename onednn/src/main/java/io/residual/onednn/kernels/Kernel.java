package io.residual.onednn.kernels;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.javacpp.Pointer;

/**
 * One oneDNN primitive of fixed shapes and the memory objects that it reads and writes.
 *
 * <p>The memory objects own nothing: each run is told the addresses. A kernel belongs to the thread whose {@link
 * Kernels} made it, because setting the addresses and running are two steps.
 */
public final class Kernel implements AutoCloseable {
    private final primitive operation;
    private final memory[] memories;
    private final dnnl_exec_arg_t arguments;
    private final long scratchpadBytes;

    private Kernel(primitive operation, memory[] memories, dnnl_exec_arg_t arguments, long scratchpadBytes) {
        this.operation = operation;
        this.memories = memories;
        this.arguments = arguments;
        this.scratchpadBytes = scratchpadBytes;
    }

    /**
     * A kernel with arguments in the order in which {@link #run} takes their addresses.
     *
     * @param scratchpad what the primitive needs while it runs; may be of size 0
     */
    public static Kernel of(primitive operation, memory.desc scratchpad, Argument... arguments) {
        var memories = new memory[arguments.length + 1];
        var list = new dnnl_exec_arg_t(arguments.length + 1L);
        for (int i = 0; i <= arguments.length; i++) {
            var argument = i < arguments.length ? arguments[i] : new Argument(dnnl.DNNL_ARG_SCRATCHPAD, scratchpad);
            memories[i] = new memory(argument.description(), PrimitiveCache.engine(), new Pointer());
            list.position(i).arg(argument.id()).memory(memories[i].get());
        }
        list.position(0);
        return new Kernel(operation, memories, list, scratchpad.get_size());
    }

    public long scratchpadBytes() {
        return scratchpadBytes;
    }

    /** Runs to the end. The addresses are those of the arguments, in their order. */
    public void run(dnnl_stream stream, Pointer scratchpad, Pointer... addresses) {
        if (addresses.length != memories.length - 1) {
            throw new IllegalArgumentException(
                    "a kernel of " + (memories.length - 1) + " arguments was given " + addresses.length);
        }
        for (int i = 0; i < addresses.length; i++) {
            check(dnnl.dnnl_memory_set_data_handle(memories[i].get(), addresses[i]));
        }
        check(dnnl.dnnl_memory_set_data_handle(memories[addresses.length].get(), scratchpad));
        check(dnnl.dnnl_primitive_execute(operation.get(), stream, memories.length, arguments));
    }

    private static void check(int status) {
        if (status == dnnl.dnnl_out_of_memory) {
            throw new OutOfMemoryError("oneDNN");
        }
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN answers with status " + status + " (dnnl_status_t)");
        }
    }

    @Override
    public void close() {
        arguments.close();
        for (var each : memories) {
            each.close();
        }
        operation.close();
    }

    /** An argument of a primitive: DNNL_ARG_* and its layout. */
    record Argument(int id, memory.desc description) {}
}
