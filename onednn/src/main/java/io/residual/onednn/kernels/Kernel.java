package io.residual.onednn.kernels;

import java.util.Arrays;
import java.util.Objects;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * One oneDNN primitive of fixed shapes and the memory objects that it reads and writes.
 *
 * <p>The memory objects own nothing: each run gets the addresses. A kernel belongs to the thread whose {@link
 * PrimitiveCache} made it, because setting the addresses and running are two steps.
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
     * @param arguments null for one that a kernel of these settings does not have
     */
    static Kernel of(primitive operation, memory.desc scratchpad, @Nullable Argument... arguments) {
        Argument[] present = Arrays.stream(arguments).filter(Objects::nonNull).toArray(Argument[]::new);
        var memories = new memory[present.length + 1];
        var list = new dnnl_exec_arg_t(memories.length);
        for (int i = 0; i < memories.length; i++) {
            var argument = i < present.length ? present[i] : new Argument(dnnl.DNNL_ARG_SCRATCHPAD, scratchpad);
            memories[i] = new memory(argument.description(), PrimitiveCache.engine(), new Pointer());
            list.position(i).arg(argument.id()).memory(memories[i].get());
        }
        list.position(0);
        return new Kernel(operation, memories, list, scratchpad.get_size());
    }

    /** A copy of an array from one layout to another. */
    static Kernel copy(memory.desc from, memory.desc to, primitive_attr attributes) {
        var description = new reorder.primitive_desc(
                PrimitiveCache.engine(), from, PrimitiveCache.engine(), to, attributes, false);
        return of(
                new reorder(description),
                description.scratchpad_desc(),
                new Argument(dnnl.DNNL_ARG_FROM, from),
                new Argument(dnnl.DNNL_ARG_DST, to));
    }

    static Kernel copy(memory.desc from, memory.desc to) {
        return copy(from, to, Attributes.plain());
    }

    long scratchpadBytes() {
        return scratchpadBytes;
    }

    /** Runs to the end. The addresses are those of the arguments, in their order; null where there is no argument. */
    void run(dnnl_stream stream, Pointer scratchpad, @Nullable Pointer... addresses) {
        int next = 0;
        int expected = memories.length - 1;
        for (var address : addresses) {
            if (address != null && next++ < expected) {
                check(dnnl.dnnl_memory_set_data_handle(memories[next - 1].get(), address));
            }
        }
        if (next != expected) {
            throw new IllegalArgumentException("a kernel of " + expected + " arguments was given " + next);
        }
        check(dnnl.dnnl_memory_set_data_handle(memories[expected].get(), scratchpad));
        check(dnnl.dnnl_primitive_execute(operation.get(), stream, memories.length, arguments));
    }

    private static void check(int status) {
        if (status == dnnl.dnnl_out_of_memory) {
            throw new OutOfMemoryError("oneDNN");
        }
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN returned status " + status + " (dnnl_status_t)");
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
