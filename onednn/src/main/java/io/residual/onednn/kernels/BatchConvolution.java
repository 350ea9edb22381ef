package io.residual.onednn.kernels;

import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import io.residual.onednn.kernels.ConvolutionKernels.Pair;
import io.residual.onednn.kernels.ConvolutionShape.Layout;
import io.residual.onednn.kernels.DenseKernels.Product;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of a fixed number of images at addresses, [N, C, H, W] in the order N, H, W, C, for the thread that makes it.
 * Weights are brought to the layout of its kernels once for many batches, and their gradients are left in it, so that those of
 * several batches can be added up before they are brought to Deeplearning4j's.
 */
public final class BatchConvolution {
    private static final int MAX_SMALL_IMAGE = 3;
    private static final int MIN_CHANNELS = 64;
    private static final int BLOCK = 16;

    private final PrimitiveCache kernels = PrimitiveCache.ofThisThread();
    private final ConvolutionShape shape;
    private final boolean dense;
    // Not from the cache, which closes what was not used for long.
    private final Map<Direction, Product> products = new EnumMap<>(Direction.class);
    private final Map<Direction, Pair> pairs = new EnumMap<>(Direction.class);
    private final Map<Copy, Kernel> copies = new HashMap<>();

    /** From the order in which images are given, or back to it. */
    private record Copy(Nhwc.Dims dims, boolean isBack) {}

    private BatchConvolution(ConvolutionShape shape, boolean dense) {
        this.shape = shape;
        this.dense = dense;
    }

    public static BatchConvolution of(ConvolutionShape shape) {
        boolean dense = DenseKernels.covers(shape);
        return new BatchConvolution(!dense && isSmall(shape) ? shape.with(Layout.BLOCKS_OF_CHANNELS) : shape, dense);
    }

    private static boolean isSmall(ConvolutionShape shape) {
        return shape.in().w() <= MAX_SMALL_IMAGE
                && shape.in().c() >= MIN_CHANNELS
                && shape.out().c() >= MIN_CHANNELS
                && shape.in().c() % BLOCK == 0
                && shape.out().c() % BLOCK == 0;
    }

    /** Bytes that {@link #prepare} writes. */
    public long preparedBytes(Direction pass) {
        return dense ? product(pass).layoutBytes() : pair(pass).weightBytes();
    }

    /** The layout of prepared weights or of weight gradients: batches of other sizes can use them only if theirs is equal. */
    public memory.desc layout(Direction pass) {
        return dense ? product(pass).preferred() : pair(pass).preferred();
    }

    private Product product(Direction pass) {
        var known = products.get(pass);
        if (known == null) {
            known = switch (pass) {
                case FORWARD -> DenseKernels.makeForward(shape, Epilogue.NONE);
                case BACKWARD_DATA -> DenseKernels.makeBackwardData(shape);
                case BACKWARD_WEIGHTS -> DenseKernels.makeBackwardWeights(shape);
            };
            products.put(pass, known);
        }
        return known;
    }

    private Pair pair(Direction pass) {
        var known = pairs.get(pass);
        if (known == null) {
            known = ConvolutionKernels.make(shape, pass);
            pairs.put(pass, known);
        }
        return known;
    }

    /** Brings Deeplearning4j's weights to the layout of a pass. */
    public void prepare(Direction pass, Pointer weights, Pointer prepared) {
        if (dense) {
            DenseKernels.prepareWeights(shape, product(pass), weights, prepared);
        } else {
            ConvolutionKernels.copyWeights(kernels, shape, pair(pass), weights, prepared);
        }
    }

    /** out = in * weights + bias. */
    public void forward(Pointer in, Pointer prepared, @Nullable Pointer bias, Pointer out) {
        if (dense) {
            DenseKernels.forward(shape, product(Direction.FORWARD), in, prepared, bias, out);
            return;
        }
        var image = operand(PrimitiveCache.Slot.INPUT, shape.in(), in);
        run(pair(Direction.FORWARD).convolution(), image, prepared, bias, shape.out(), out);
    }

    /** The gradient with respect to the input. */
    public void backwardData(Pointer outGradient, Pointer prepared, Pointer inGradient) {
        if (dense) {
            kernels.run(product(Direction.BACKWARD_DATA).product(), outGradient, prepared, inGradient);
            return;
        }
        var delta = operand(PrimitiveCache.Slot.OUTPUT_GRADIENT, shape.out(), outGradient);
        run(pair(Direction.BACKWARD_DATA).convolution(), delta, prepared, null, shape.in(), inGradient);
    }

    /** The gradients with respect to the weights, in the layout of this pass, and to the bias, if there is one. */
    public void backwardWeights(Pointer in, Pointer outGradient, Pointer weights, @Nullable Pointer bias) {
        if (dense) {
            DenseKernels.backwardWeights(shape, product(Direction.BACKWARD_WEIGHTS), in, outGradient, weights, bias);
            return;
        }
        var image = operand(PrimitiveCache.Slot.INPUT, shape.in(), in);
        var delta = operand(PrimitiveCache.Slot.OUTPUT_GRADIENT, shape.out(), outGradient);
        kernels.run(pair(Direction.BACKWARD_WEIGHTS).convolution(), image, delta, weights, bias);
    }

    /** Brings gradients of weights to Deeplearning4j's layout; those of weights that are not in use are 0. */
    public void finishWeights(Pointer gradients, Pointer target) {
        if (dense) {
            DenseKernels.finishWeights(shape, product(Direction.BACKWARD_WEIGHTS), gradients, target);
            return;
        }
        if (shape.hasUnusedWeights()) {
            Pointer.memset(target, 0, shape.givenWeights() * Float.BYTES);
        }
        var inUse = new FloatPointer(target).getPointer(shape.weightOffset());
        var pair = pair(Direction.BACKWARD_WEIGHTS);
        if (pair.weightCopy() == null) {
            Pointer.memcpy(inUse, gradients, pair.weightBytes());
        } else {
            kernels.run(pair.weightCopy(), gradients, inUse);
        }
    }

    /** Images in the order and precision in which the kernels read them: as they are given, or a copy. */
    private Pointer operand(PrimitiveCache.Slot slot, Nhwc.Dims dims, Pointer given) {
        if (shape.layout() == Layout.CHANNELS_LAST && shape.precision() == Precision.F32) {
            return given;
        }
        var copy = kernels.buffer(slot, dims.length() * Float.BYTES);
        kernels.run(copy(new Copy(dims, false)), given, copy);
        return copy;
    }

    private void run(
            Kernel convolution, Pointer operand, Pointer prepared, @Nullable Pointer bias, Nhwc.Dims dims, Pointer to) {
        if (shape.layout() == Layout.CHANNELS_LAST) {
            kernels.run(convolution, operand, prepared, bias, to);
            return;
        }
        var result = kernels.buffer(PrimitiveCache.Slot.RESULT, dims.length() * Float.BYTES);
        kernels.run(convolution, operand, prepared, bias, result);
        kernels.run(copy(new Copy(dims, true)), result, to);
    }

    private Kernel copy(Copy wanted) {
        return copies.computeIfAbsent(
                wanted,
                copy -> copy.isBack
                        ? Kernel.copy(
                                shape.layout().description(copy.dims, memory.data_type.f32), copy.dims.description())
                        : Kernel.copy(
                                copy.dims.description(),
                                shape.layout()
                                        .description(
                                                copy.dims, shape.precision().operands())));
    }
}
