package io.residual.onednn.kernels;

import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import io.residual.onednn.kernels.ConvolutionKernels.Pair;
import io.residual.onednn.kernels.ConvolutionShape.Layout;
import io.residual.onednn.kernels.DenseKernels.Product;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
    private final Precision in;
    private final Precision out;
    private final boolean dense;
    private final Set<Direction> winograd;
    // Not from the cache, which closes what was not used for long.
    private final Map<Direction, Product> products = new EnumMap<>(Direction.class);
    private final Map<Direction, Pair> pairs = new EnumMap<>(Direction.class);
    private final Map<Direction, WinogradConvolution> winograds = new EnumMap<>(Direction.class);
    private @Nullable WinogradGradient gradient;
    private final Map<Copy, Kernel> copies = new HashMap<>();

    /** From the order and precision in which images are given, or back to it. */
    private record Copy(Nhwc.Dims dims, Precision given, boolean isBack) {}

    private BatchConvolution(
            ConvolutionShape shape, Precision in, Precision out, boolean dense, Set<Direction> winograd) {
        this.shape = shape;
        this.in = in;
        this.out = out;
        this.dense = dense;
        this.winograd = winograd;
    }

    /**
     * A convolution.
     *
     * @param in of the images that it reads, and of their gradient
     * @param out of the images that it writes, and of their gradient
     * @param winograd the passes that are computed by Winograd's products: some of those that {@link #isFasterByWinograd} is true of
     */
    public static BatchConvolution of(ConvolutionShape shape, Precision in, Precision out, Set<Direction> winograd) {
        boolean dense = DenseKernels.covers(shape);
        ConvolutionShape inOrder = !dense && isSmall(shape) ? shape.with(Layout.BLOCKS_OF_CHANNELS) : shape;
        return new BatchConvolution(inOrder.withResultsLikeFactors(), in, out, dense, winograd);
    }

    /** Whether Winograd's products are faster for so many images, if these are of 32 bits. */
    public static boolean isFasterByWinograd(ConvolutionShape shape) {
        return WinogradConvolution.isFaster(shape);
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
        if (winograd.contains(pass)) {
            return layout(pass).get_size();
        }
        return dense ? product(pass).layoutBytes() : pair(pass).weightBytes();
    }

    /** The layout of prepared weights or of weight gradients: batches of other sizes can use them only if theirs is equal. */
    public memory.desc layout(Direction pass) {
        if (winograd.contains(pass)) {
            return pass == Direction.BACKWARD_WEIGHTS
                    ? gradient().layout()
                    : winograd(pass).layout();
        }
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

    private WinogradConvolution winograd(Direction pass) {
        return winograds.computeIfAbsent(pass, key -> WinogradConvolution.of(shape, key));
    }

    private WinogradGradient gradient() {
        if (gradient == null) {
            gradient = new WinogradGradient(shape);
        }
        return gradient;
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
        if (winograd.contains(pass)) {
            winograd(pass).prepare(weights, prepared);
        } else if (dense) {
            DenseKernels.prepareWeights(shape, product(pass), weights, prepared);
        } else {
            ConvolutionKernels.copyWeights(kernels, shape, pair(pass), weights, prepared);
        }
    }

    /** out = in * weights + bias. */
    public void forward(Pointer images, Pointer prepared, @Nullable Pointer bias, Pointer to) {
        if (winograd.contains(Direction.FORWARD)) {
            winograd(Direction.FORWARD).run(images, prepared, bias, to);
            return;
        }
        var image = operand(PrimitiveCache.Slot.INPUT, shape.in(), in, images);
        var result = result(shape.out(), out, to);
        if (dense) {
            DenseKernels.forward(shape, product(Direction.FORWARD), image, prepared, bias, result);
        } else {
            kernels.run(pair(Direction.FORWARD).convolution(), image, prepared, bias, result);
        }
        finish(shape.out(), out, result, to);
    }

    /** The gradient with respect to the input. */
    public void backwardData(Pointer outGradient, Pointer prepared, Pointer inGradient) {
        if (winograd.contains(Direction.BACKWARD_DATA)) {
            winograd(Direction.BACKWARD_DATA).run(outGradient, prepared, null, inGradient);
            return;
        }
        var delta = operand(PrimitiveCache.Slot.OUTPUT_GRADIENT, shape.out(), out, outGradient);
        var result = result(shape.in(), in, inGradient);
        var kernel = dense
                ? product(Direction.BACKWARD_DATA).product()
                : pair(Direction.BACKWARD_DATA).convolution();
        kernels.run(kernel, delta, prepared, result);
        finish(shape.in(), in, result, inGradient);
    }

    /** The gradients with respect to the weights, in the layout of this pass, and to the bias, if there is one. */
    public void backwardWeights(Pointer images, Pointer outGradient, Pointer weights, @Nullable Pointer bias) {
        if (addsGradients()) {
            gradient().run(images, outGradient, weights, WinogradGradient.Target.OVERWRITTEN, bias);
            return;
        }
        var image = operand(PrimitiveCache.Slot.INPUT, shape.in(), in, images);
        var delta = operand(PrimitiveCache.Slot.OUTPUT_GRADIENT, shape.out(), out, outGradient);
        if (dense) {
            DenseKernels.backwardWeights(shape, product(Direction.BACKWARD_WEIGHTS), image, delta, weights, bias);
        } else {
            kernels.run(pair(Direction.BACKWARD_WEIGHTS).convolution(), image, delta, weights, bias);
        }
    }

    /** Whether {@link #addWeightGradients} is there. */
    public boolean addsGradients() {
        return winograd.contains(Direction.BACKWARD_WEIGHTS);
    }

    /** As {@link #backwardWeights}, but adds the gradients of the weights to those that are there. */
    public void addWeightGradients(Pointer images, Pointer outGradient, Pointer weights, @Nullable Pointer bias) {
        gradient().run(images, outGradient, weights, WinogradGradient.Target.ADDED_TO, bias);
    }

    /** Brings gradients of weights to Deeplearning4j's layout; those of weights that are not in use are 0. */
    public void finishWeights(Pointer gradients, Pointer target) {
        if (addsGradients()) {
            gradient().finish(gradients, target);
            return;
        }
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

    private boolean isInOrder(Precision given) {
        return shape.layout() == Layout.CHANNELS_LAST && shape.precision() == given;
    }

    /** Images in the order and precision in which the kernels read them: as they are given, or a copy. */
    private Pointer operand(PrimitiveCache.Slot slot, Nhwc.Dims dims, Precision given, Pointer images) {
        if (isInOrder(given)) {
            return images;
        }
        var copy = kernels.buffer(slot, dims.length() * Float.BYTES);
        kernels.run(copy(new Copy(dims, given, false)), images, copy);
        return copy;
    }

    /** Where the kernels write what {@link #finish} brings to its place. */
    private Pointer result(Nhwc.Dims dims, Precision wanted, Pointer to) {
        return isInOrder(wanted) ? to : kernels.buffer(PrimitiveCache.Slot.RESULT, dims.length() * Float.BYTES);
    }

    private void finish(Nhwc.Dims dims, Precision wanted, Pointer result, Pointer to) {
        if (!isInOrder(wanted)) {
            kernels.run(copy(new Copy(dims, wanted, true)), result, to);
        }
    }

    private Kernel copy(Copy wanted) {
        return copies.computeIfAbsent(wanted, copy -> {
            var given = copy.dims.description(copy.given.type());
            var ours = shape.layout().description(copy.dims, shape.precision().type());
            return copy.isBack ? Kernel.copy(ours, given) : Kernel.copy(given, ours);
        });
    }
}
