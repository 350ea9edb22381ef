package io.residual.onednn.kernels;

import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the images of a convolution lie in memory while it runs: as they are, or side by side.
 *
 * <p>On images of 3x3 pixels, oneDNN goes through all the weights for three pixels at a time, and waits for memory. Laid
 * side by side, with columns of zeros between them that serve as padding, they are one wide image, and the convolution
 * takes half the time. That is the last stage of ResNet-18 at 96 pixels, and pays for the copies many times over.
 *
 * @param given the convolution as it is asked for
 * @param shape the convolution that runs
 */
record SmallImageLayout(ConvolutionShape given, ConvolutionShape shape) {
    private static final int MAX_IMAGE = 3;
    private static final int MIN_EXAMPLES = 8;
    private static final int MIN_CHANNELS = 64;

    static SmallImageLayout of(ConvolutionShape given) {
        return pays(given) ? new SmallImageLayout(given, sideBySide(given)) : new SmallImageLayout(given, given);
    }

    private static boolean pays(ConvolutionShape shape) {
        return keepsSize(shape.window().rows(), shape.in().h())
                && keepsSize(shape.window().columns(), shape.in().w())
                && shape.window().columns().size() > 1
                && shape.in().n() >= MIN_EXAMPLES
                && shape.in().c() >= MIN_CHANNELS
                && shape.out().c() >= MIN_CHANNELS;
    }

    private static boolean keepsSize(ConvolutionShape.Axis axis, long cells) {
        return cells <= MAX_IMAGE && axis.stride() == 1 && axis.positions() == cells;
    }

    private static ConvolutionShape sideBySide(ConvolutionShape given) {
        var in = wide(given, given.in());
        var columns = given.window().columns();
        var wideColumns = new ConvolutionShape.Axis(
                columns.size(), 1, columns.dilation(), columns.before(), columns.after(), in.w());
        return new ConvolutionShape(
                in,
                wide(given, given.out()),
                new ConvolutionShape.Window(given.window().rows(), wideColumns),
                given.filter(),
                given.bias(),
                given.precision(),
                given.results(),
                given.layout());
    }

    private static Nhwc.Dims wide(ConvolutionShape given, Nhwc.Dims dims) {
        return new Nhwc.Dims(1, dims.c(), dims.h(), dims.n() * pitch(given, dims));
    }

    /** Columns from one image to the next: its own, and as many zeros as the window reaches beyond it on either side. */
    private static long pitch(ConvolutionShape given, Nhwc.Dims dims) {
        var columns = given.window().columns();
        return dims.w() + Math.max(columns.before(), columns.after());
    }

    private boolean isSideBySide() {
        return !shape.equals(given);
    }

    /**
     * Where the convolution reads an array: itself where it can, else a copy in that slot, in the precision of its factors.
     */
    Pointer factor(PrimitiveCache kernels, PrimitiveCache.Slot slot, Nhwc.Dims dims, INDArray array) {
        var type = given.precision().type();
        if (!isSideBySide()) {
            return given.precision() == Precision.F32 ? Nhwc.address(array) : copied(kernels, slot, dims, array, type);
        }
        return laidOut(kernels, slot, dims, array, type);
    }

    /** Where the convolution writes what {@link #finish} then brings to the array. */
    Pointer result(PrimitiveCache kernels, Nhwc.Dims dims, INDArray array) {
        return isSideBySide()
                ? kernels.buffer(PrimitiveCache.Slot.RESULT, wide(given, dims).length() * Float.BYTES)
                : Nhwc.address(array);
    }

    void finish(PrimitiveCache kernels, Nhwc.Dims dims, Pointer result, INDArray array) {
        if (isSideBySide()) {
            var key = new Key(Step.TAKE_APART, dims, pitch(given, dims), given.precision());
            var copy = kernels.get(key, () -> Kernel.copy(within(dims, memory.data_type.f32), dims.description()));
            kernels.run(copy, result, Nhwc.address(array));
        }
    }

    private Pointer copied(
            PrimitiveCache kernels, PrimitiveCache.Slot slot, Nhwc.Dims dims, INDArray array, memory.data_type type) {
        var buffer = kernels.buffer(slot, dims.length() * Float.BYTES);
        var key = new Key(Step.ROUND, dims, dims.w(), given.precision());
        var copy = kernels.get(key, () -> Kernel.copy(dims.description(), dims.description(type)));
        kernels.run(copy, Nhwc.address(array), buffer);
        return buffer;
    }

    private Pointer laidOut(
            PrimitiveCache kernels, PrimitiveCache.Slot slot, Nhwc.Dims dims, INDArray array, memory.data_type type) {
        long bytes = wide(given, dims).length() * Float.BYTES;
        var buffer = kernels.buffer(slot, bytes);
        Pointer.memset(buffer, 0, bytes);
        var step = type.equals(memory.data_type.f32) ? Step.LAY_OUT : Step.LAY_OUT_ROUNDED;
        var key = new Key(step, dims, pitch(given, dims), given.precision());
        var copy = kernels.get(key, () -> Kernel.copy(dims.description(), within(dims, type)));
        kernels.run(copy, Nhwc.address(array), buffer);
        return buffer;
    }

    /** The images within the wide one. */
    private memory.desc within(Nhwc.Dims dims, memory.data_type type) {
        long pitch = pitch(given, dims);
        long c = dims.c();
        return new memory.desc(dims.shape(), type, new long[] {pitch * c, 1, dims.n() * pitch * c, c});
    }

    private enum Step {
        ROUND,
        LAY_OUT,
        LAY_OUT_ROUNDED,
        TAKE_APART
    }

    private record Key(Step step, Nhwc.Dims dims, long pitch, Precision precision) {}
}
