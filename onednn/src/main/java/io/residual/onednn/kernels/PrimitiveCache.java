package io.residual.onednn.kernels;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The kernels that one thread has made, by their shapes, and the working memory that they share.
 *
 * <p>Each thread has its own, so several networks can run in several threads. oneDNN keeps the machine code of equal
 * primitives itself, across threads. The least recently used kernel goes when there are more than {@value #MAX_KERNELS}: a
 * ResNet-152 that is trained and evaluated with a last partial batch needs about 500.
 */
public final class PrimitiveCache {
    private static final int MAX_KERNELS = 1024;
    /** A cache line, and the longest vector register. */
    private static final int ALIGNMENT = 64;

    private static final ThreadLocal<PrimitiveCache> OF_THREAD = ThreadLocal.withInitial(PrimitiveCache::new);

    private final stream queue = new stream(Processor.ENGINE);
    private final dnnl_stream handle = queue.get();
    private final Map<Slot, BytePointer> buffers = new EnumMap<>(Slot.class);
    private final LinkedHashMap<Object, AutoCloseable> byKey = new LinkedHashMap<>(64, 0.75f, true);

    private PrimitiveCache() {}

    /** What working memory is for. Two slots never overlap. */
    enum Slot {
        SCRATCHPAD,
        WEIGHTS,
        WEIGHT_GRADIENTS,
        PLAIN_WEIGHTS,
        BIAS,
        INPUT,
        OUTPUT_GRADIENT,
        RESULT
    }

    static PrimitiveCache ofThisThread() {
        return OF_THREAD.get();
    }

    /** The one thing of this key: a {@link Kernel}, or several that belong together. */
    @SuppressWarnings("unchecked") // a key type is used with one value type only
    <K, V extends AutoCloseable> V get(K key, Supplier<V> make) {
        var known = byKey.get(key);
        if (known == null) {
            known = make.get();
            byKey.put(key, known);
            if (byKey.size() > MAX_KERNELS) {
                close(Objects.requireNonNull(
                        byKey.remove(byKey.keySet().iterator().next())));
            }
        }
        return (V) known;
    }

    int size() {
        return byKey.size();
    }

    /** Runs a kernel; see {@link Kernel#run}. */
    void run(Kernel kernel, @Nullable Pointer... addresses) {
        kernel.run(handle, buffer(Slot.SCRATCHPAD, kernel.scratchpadBytes()), addresses);
    }

    /** Working memory of at least that many bytes, aligned; its content lasts until the slot is asked for again. */
    Pointer buffer(Slot slot, long bytes) {
        var buffer = buffers.get(slot);
        if (buffer == null || buffer.limit() < bytes + ALIGNMENT) {
            if (buffer != null) {
                buffer.close();
            }
            buffer = allocate(bytes);
            buffers.put(slot, buffer);
        }
        return aligned(buffer);
    }

    /** Memory with room for so many bytes at the address that {@link #aligned} returns. */
    static BytePointer allocate(long bytes) {
        return new BytePointer(bytes + ALIGNMENT);
    }

    static Pointer aligned(BytePointer memory) {
        return memory.getPointer(Math.floorMod(-memory.address(), ALIGNMENT));
    }

    private static void close(AutoCloseable kernels) {
        try {
            kernels.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public static engine engine() {
        return Processor.ENGINE;
    }

    /** The engine is made when the first kernel is, so that asking for {@code OneDnn.availability} comes before. */
    private static final class Processor {
        static final engine ENGINE = new engine(engine.kind.cpu, 0);

        private Processor() {}
    }
}
