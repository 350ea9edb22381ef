package io.residual.onednn.kernels;

import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies between all the channels of some images and some of the channels of others, [N, C, H, W] in the order N, H, W, C. */
public final class ChannelKernels {
    private ChannelKernels() {}

    private enum Direction {
        PUT,
        TAKE
    }

    private record Key(Direction direction, Nhwc.Dims part, long channels) {}

    /** whole[:, from : from + channels of part] = part. */
    public static void put(INDArray part, INDArray whole, long from) {
        run(Direction.PUT, part, whole, from);
    }

    /** part = whole[:, from : from + channels of part]. */
    public static void take(INDArray whole, long from, INDArray part) {
        run(Direction.TAKE, part, whole, from);
    }

    private static void run(Direction direction, INDArray part, INDArray whole, long from) {
        var kernels = PrimitiveCache.ofThisThread();
        var key = new Key(direction, Nhwc.Dims.of(part), whole.size(1));
        var kernel = kernels.get(key, () -> make(key));
        Pointer slice = new FloatPointer(Nhwc.address(whole)).getPointer(from);
        if (direction == Direction.PUT) {
            kernels.run(kernel, Nhwc.address(part), slice);
        } else {
            kernels.run(kernel, slice, Nhwc.address(part));
        }
    }

    private static Kernel make(Key key) {
        var part = spaced(key.part, key.part.c());
        var slice = spaced(key.part, key.channels);
        return key.direction == Direction.PUT ? Kernel.copy(part, slice) : Kernel.copy(slice, part);
    }

    /** Images whose pixels are so many floats apart. */
    private static memory.desc spaced(Nhwc.Dims dims, long channels) {
        long row = dims.w() * channels;
        return new memory.desc(dims.shape(), memory.data_type.f32, new long[] {dims.h() * row, 1, row, channels});
    }
}
