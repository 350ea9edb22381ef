package io.residual.onednn.kernels;

import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import io.residual.onednn.kernels.ConvolutionKernels.Pair;
import io.residual.onednn.kernels.ConvolutionKernels.Shortcut;
import io.residual.onednn.kernels.ConvolutionShape.Layout;
import io.residual.onednn.kernels.DenseKernels.Product;
import java.util.EnumMap;
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
    private final Map<Pass, Product> products = new EnumMap<>(Pass.class);
    private final Map<Pass, Pair> pairs = new EnumMap<>(Pass.class);
    private @Nullable Kernel imageCopy;
    private @Nullable Kernel deltaCopy;
    private @Nullable Kernel outCopy;
    private @Nullable Kernel gradientCopy;

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
    public long preparedBytes(Pass pass) {
        return dense ? product(pass).layoutBytes() : pair(pass).weightBytes();
    }

    /** The layout of prepared weights or of weight gradients: batches of other sizes can use them only if theirs is equal. */
    public memory.desc layout(Pass pass) {
        return dense ? product(pass).preferred() : pair(pass).preferred();
    }

    /** What is computed. */
    public enum Pass {
        FORWARD(Direction.FORWARD),
        BACKWARD_DATA(Direction.BACKWARD_DATA),
        BACKWARD_WEIGHTS(Direction.BACKWARD_WEIGHTS);

        private final Direction direction;

        Pass(Direction direction) {
            this.direction = direction;
        }
    }

    private Product product(Pass pass) {
        var known = products.get(pass);
        if (known == null) {
            known = switch (pass) {
                case FORWARD -> DenseKernels.makeForward(shape, Shortcut.ABSENT, Epilogue.NONE);
                case BACKWARD_DATA -> DenseKernels.makeBackwardData(shape);
                case BACKWARD_WEIGHTS -> DenseKernels.makeBackwardWeights(shape);
            };
            products.put(pass, known);
        }
        return known;
    }

    private Pair pair(Pass pass) {
        var known = pairs.get(pass);
        if (known == null) {
            known = ConvolutionKernels.make(shape, pass.direction);
            pairs.put(pass, known);
        }
        return known;
    }

    /** Brings Deeplearning4j's weights to the layout of a pass. */
    public void prepare(Pass pass, Pointer weights, Pointer prepared) {
        if (dense) {
            DenseKernels.prepareWeights(shape, product(pass), weights, prepared);
        } else {
            ConvolutionKernels.copyWeights(kernels, shape, pair(pass), weights, prepared);
        }
    }

    /** out = in * weights + bias. */
    public void forward(Pointer in, Pointer prepared, @Nullable Pointer bias, Pointer out) {
        if (dense) {
            DenseKernels.forward(shape, product(Pass.FORWARD), in, prepared, bias, null, out);
            return;
        }
        var forward = pair(Pass.FORWARD).convolution();
        if (shape.layout() == Layout.CHANNELS_LAST) {
            kernels.run(forward, image(in), prepared, bias, out);
            return;
        }
        var result = kernels.buffer(PrimitiveCache.Slot.RESULT, shape.out().length() * Float.BYTES);
        kernels.run(forward, image(in), prepared, bias, result);
        if (outCopy == null) {
            outCopy = fromResult(shape.out());
        }
        kernels.run(outCopy, result, out);
    }

    /** The gradient with respect to the input. */
    public void backwardData(Pointer outGradient, Pointer prepared, Pointer inGradient) {
        if (dense) {
            kernels.run(product(Pass.BACKWARD_DATA).product(), outGradient, prepared, inGradient);
            return;
        }
        var backward = pair(Pass.BACKWARD_DATA).convolution();
        if (shape.layout() == Layout.CHANNELS_LAST) {
            kernels.run(backward, delta(outGradient), prepared, inGradient);
            return;
        }
        var result = kernels.buffer(PrimitiveCache.Slot.RESULT, shape.in().length() * Float.BYTES);
        kernels.run(backward, delta(outGradient), prepared, result);
        if (gradientCopy == null) {
            gradientCopy = fromResult(shape.in());
        }
        kernels.run(gradientCopy, result, inGradient);
    }

    /** The gradients with respect to the weights, in the layout of this pass, and to the bias, if there is one. */
    public void backwardWeights(Pointer in, Pointer outGradient, Pointer weights, @Nullable Pointer bias) {
        if (dense) {
            DenseKernels.backwardWeights(shape, product(Pass.BACKWARD_WEIGHTS), in, outGradient, weights, bias);
            return;
        }
        kernels.run(pair(Pass.BACKWARD_WEIGHTS).convolution(), image(in), delta(outGradient), weights, bias);
    }

    /** Brings gradients of weights to Deeplearning4j's layout; those of weights that are not in use are 0. */
    public void finishWeights(Pointer gradients, Pointer target) {
        if (dense) {
            DenseKernels.finishWeights(shape, product(Pass.BACKWARD_WEIGHTS), gradients, target);
            return;
        }
        if (shape.hasUnusedWeights()) {
            Pointer.memset(target, 0, shape.givenWeights() * Float.BYTES);
        }
        var inUse = new FloatPointer(target).getPointer(shape.weightOffset());
        var pair = pair(Pass.BACKWARD_WEIGHTS);
        if (pair.weightCopy() == null) {
            Pointer.memcpy(inUse, gradients, pair.weightBytes());
        } else {
            kernels.run(pair.weightCopy(), gradients, inUse);
        }
    }

    private Pointer image(Pointer in) {
        if (readsAsGiven()) {
            return in;
        }
        if (imageCopy == null) {
            imageCopy = toOperands(shape.in());
        }
        var copy = kernels.buffer(PrimitiveCache.Slot.INPUT, shape.in().length() * Float.BYTES);
        kernels.run(imageCopy, in, copy);
        return copy;
    }

    private Pointer delta(Pointer outGradient) {
        if (readsAsGiven()) {
            return outGradient;
        }
        if (deltaCopy == null) {
            deltaCopy = toOperands(shape.out());
        }
        var copy =
                kernels.buffer(PrimitiveCache.Slot.OUTPUT_GRADIENT, shape.out().length() * Float.BYTES);
        kernels.run(deltaCopy, outGradient, copy);
        return copy;
    }

    private boolean readsAsGiven() {
        return shape.layout() == Layout.CHANNELS_LAST && shape.precision() == Precision.F32;
    }

    private Kernel toOperands(Nhwc.Dims dims) {
        return Kernel.copy(
                dims.description(),
                shape.layout().description(dims, shape.precision().operands()));
    }

    private Kernel fromResult(Nhwc.Dims dims) {
        return Kernel.copy(shape.layout().description(dims, memory.data_type.f32), dims.description());
    }
}
