package io.residual.onednn.kernels;

import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays of shape [N, C, H, W] whose memory is in the order N, H, W, C: what Deeplearning4j sees is the usual shape, what
 * oneDNN sees is the layout in which it neither copies nor reorders activations.
 */
public final class Nhwc {
    /** Floats in a cache line: oneDNN's vectors of 16 floats then never straddle two. */
    private static final int ALIGNMENT = 16;

    private Nhwc() {}

    /** An array of undefined content in the workspace of that type. */
    public static INDArray activations(LayerWorkspaceMgr workspaces, ArrayType type, Dims dims) {
        var buffer = aligned(workspaces, type, dims.length());
        return Nd4j.create(buffer.data(), dims.shape(), dims.strides(), buffer.offset(), 'c');
    }

    /** As {@link #activations}, for a gradient: other consumers' gradients may be added to it. */
    public static INDArray gradient(LayerWorkspaceMgr workspaces, Dims dims) {
        var buffer = aligned(workspaces, ArrayType.ACTIVATION_GRAD, dims.length());
        return new NhwcGradient(buffer.data(), dims.shape(), dims.strides(), buffer.offset());
    }

    private static Aligned aligned(LayerWorkspaceMgr workspaces, ArrayType type, long length) {
        var array = workspaces.createUninitialized(type, DataType.FLOAT, length + ALIGNMENT);
        long address = address(array).address();
        long floats = Math.floorMod(-address, ALIGNMENT * (long) Float.BYTES) / Float.BYTES;
        return new Aligned(array.data(), floats);
    }

    private record Aligned(DataBuffer data, long offset) {}

    /** The array itself where its memory is N, H, W, C without gaps, else a copy that is, in the given workspace. */
    public static INDArray dense(INDArray array, LayerWorkspaceMgr workspaces, ArrayType type) {
        if (isDense(array)) {
            return array;
        }
        var floats = array.dataType() == DataType.FLOAT ? array : array.castTo(DataType.FLOAT);
        if (isDense(floats)) {
            return floats;
        }
        var dims = Dims.of(floats);
        var copy = activations(workspaces, type, dims);
        var kernels = PrimitiveCache.ofThisThread();
        var kernel = kernels.get(new Copy(dims, Strides.of(floats)), () -> {
            var strided = new memory.desc(dims.shape(), memory.data_type.f32, floats.stride());
            return Kernel.copy(strided, dims.description());
        });
        kernels.run(kernel, address(floats), address(copy));
        return copy;
    }

    /** Whether the array is of floats that lie in memory in the order N, H, W, C without gaps. */
    public static boolean isDense(INDArray array) {
        if (array.dataType() != DataType.FLOAT || array.rank() != 4) {
            return false;
        }
        long expected = 1;
        for (int axis : new int[] {1, 3, 2, 0}) {
            // The stride of an axis of one element is never used, and may be anything.
            if (array.size(axis) > 1 && array.stride(axis) != expected) {
                return false;
            }
            expected *= array.size(axis);
        }
        return true;
    }

    /** Where the array's first element is. ({@code data().address()} is the start of the array that it is a view of.) */
    public static Pointer address(INDArray array) {
        return array.data().addressPointer();
    }

    public static @Nullable Pointer addressOrNull(@Nullable INDArray array) {
        return array == null ? null : address(array);
    }

    /** The elements of an array whose memory has no gaps. */
    public static float[] floats(INDArray array) {
        var values = new float[Math.toIntExact(array.length())];
        new FloatPointer(address(array)).get(values);
        return values;
    }

    /** Examples, channels, height and width of an array. */
    public record Dims(long n, long c, long h, long w) {
        public static Dims of(INDArray array) {
            return new Dims(array.size(0), array.size(1), array.size(2), array.size(3));
        }

        public long length() {
            return n * c * h * w;
        }

        public long[] shape() {
            return new long[] {n, c, h, w};
        }

        long[] strides() {
            return c == 1 || (h == 1 && w == 1)
                    ? new long[] {c * h * w, h * w, w, 1}
                    : new long[] {c * h * w, 1, w * c, c};
        }

        memory.desc description() {
            return description(memory.data_type.f32);
        }

        memory.desc description(memory.data_type type) {
            return new memory.desc(shape(), type, memory.format_tag.nhwc);
        }
    }

    private record Strides(long n, long c, long h, long w) {
        static Strides of(INDArray array) {
            return new Strides(array.stride(0), array.stride(1), array.stride(2), array.stride(3));
        }
    }

    private record Copy(Dims dims, Strides from) {}
}
