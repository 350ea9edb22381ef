package io.residual.onednn.kernels;

import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions of dense arrays, [N, C, H, W] in the order N, H, W, C.
 *
 * <p>Weights come in Deeplearning4j's layout, [output, input, height, width], and are copied to the one that the
 * primitive prefers, which also differs between forward and backward. The copy is small beside the convolution.
 */
public final class ConvolutionKernels {
    private ConvolutionKernels() {}

    /** What a primitive computes. */
    public enum Direction {
        FORWARD,
        BACKWARD_DATA,
        BACKWARD_WEIGHTS
    }

    private record Key(ConvolutionShape shape, Direction direction, Epilogue epilogue) {}

    /** A convolution, and the copy of its weights from or to Deeplearning4j's layout; none where that is the best. */
    record Pair(Kernel convolution, @Nullable Kernel weightCopy, memory.desc preferred) implements AutoCloseable {
        long weightBytes() {
            return preferred.get_size();
        }

        @Override
        public void close() {
            convolution.close();
            if (weightCopy != null) {
                weightCopy.close();
            }
        }
    }

    /** out = epilogue(in * weights + bias), for a shape with or without bias. */
    public static void forward(
            ConvolutionShape shape,
            INDArray in,
            INDArray weights,
            @Nullable INDArray bias,
            INDArray out,
            Epilogue epilogue) {
        var kernels = PrimitiveCache.ofThisThread();
        if (DenseKernels.covers(shape)) {
            var product = DenseKernels.forward(shape, epilogue);
            var prepared = kernels.buffer(PrimitiveCache.Slot.WEIGHTS, product.layoutBytes());
            DenseKernels.prepareWeights(shape, product, Nhwc.address(weights), prepared);
            DenseKernels.forward(
                    shape, product, Nhwc.address(in), prepared, Nhwc.addressOrNull(bias), Nhwc.address(out));
            return;
        }
        var layout = SmallImageLayout.of(shape);
        var pair = forward(layout.shape(), epilogue);
        var preferred = preferred(kernels, pair, weightsInUse(shape, weights));
        var image = layout.factor(kernels, PrimitiveCache.Slot.INPUT, shape.in(), in);
        var result = layout.result(kernels, shape.out(), out);
        kernels.run(pair.convolution, image, preferred, Nhwc.addressOrNull(bias), result);
        layout.finish(kernels, shape.out(), result, out);
    }

    /** The gradient with respect to the input. */
    public static void backwardData(
            ConvolutionShape shape, INDArray outGradient, INDArray weights, INDArray inGradient) {
        if (DenseKernels.covers(shape)) {
            DenseKernels.backwardData(shape, outGradient, weights, inGradient);
            return;
        }
        var kernels = PrimitiveCache.ofThisThread();
        var layout = SmallImageLayout.of(shape);
        var pair = pair(layout.shape(), Direction.BACKWARD_DATA);
        var preferred = preferred(kernels, pair, weightsInUse(shape, weights));
        var delta = layout.factor(kernels, PrimitiveCache.Slot.OUTPUT_GRADIENT, shape.out(), outGradient);
        var result = layout.result(kernels, shape.in(), inGradient);
        kernels.run(pair.convolution, delta, preferred, result);
        layout.finish(kernels, shape.in(), result, inGradient);
    }

    /** The gradients with respect to weights and bias, summed over the examples. */
    public static void backwardWeights(
            ConvolutionShape shape,
            INDArray in,
            INDArray outGradient,
            INDArray weightGradient,
            @Nullable INDArray biasGradient) {
        if (DenseKernels.covers(shape)) {
            DenseKernels.backwardWeights(shape, in, outGradient, weightGradient, biasGradient);
            return;
        }
        var kernels = PrimitiveCache.ofThisThread();
        var pair = pair(shape, Direction.BACKWARD_WEIGHTS);
        var target = weightsInUse(shape, weightGradient);
        if (shape.hasUnusedWeights()) {
            Pointer.memset(Nhwc.address(weightGradient), 0, weightGradient.length() * Float.BYTES);
        }
        var preferred = pair.weightCopy == null
                ? target
                : kernels.buffer(PrimitiveCache.Slot.WEIGHT_GRADIENTS, pair.weightBytes());
        // Not side by side: this direction goes through the weights once, and gains nothing.
        var layout = new SmallImageLayout(shape, shape);
        var image = layout.factor(kernels, PrimitiveCache.Slot.INPUT, shape.in(), in);
        var delta = layout.factor(kernels, PrimitiveCache.Slot.OUTPUT_GRADIENT, shape.out(), outGradient);
        kernels.run(pair.convolution, image, delta, preferred, Nhwc.addressOrNull(biasGradient));
        if (pair.weightCopy != null) {
            kernels.run(pair.weightCopy, preferred, target);
        }
    }

    private static Pair forward(ConvolutionShape shape, Epilogue epilogue) {
        return PrimitiveCache.ofThisThread()
                .get(new Key(shape, Direction.FORWARD, epilogue), () -> makeForward(shape, epilogue));
    }

    static Pair pair(ConvolutionShape shape, Direction direction) {
        if (direction == Direction.FORWARD) {
            return forward(shape, Epilogue.NONE);
        }
        return PrimitiveCache.ofThisThread()
                .get(new Key(shape, direction, Epilogue.NONE), () -> make(shape, direction));
    }

    static void copyWeights(PrimitiveCache kernels, ConvolutionShape shape, Pair pair, Pointer from, Pointer to) {
        var inUse = new FloatPointer(from).getPointer(shape.weightOffset());
        if (pair.weightCopy == null) {
            Pointer.memcpy(to, inUse, pair.weightBytes());
        } else {
            kernels.run(pair.weightCopy, inUse, to);
        }
    }

    private static Pointer weightsInUse(ConvolutionShape shape, INDArray weights) {
        return new FloatPointer(Nhwc.address(weights)).getPointer(shape.weightOffset());
    }

    private static Pointer preferred(PrimitiveCache kernels, Pair pair, Pointer given) {
        if (pair.weightCopy == null) {
            return given;
        }
        var buffer = kernels.buffer(PrimitiveCache.Slot.WEIGHTS, pair.weightBytes());
        kernels.run(pair.weightCopy, given, buffer);
        return buffer;
    }

    /** A convolution without shortcut and epilogue that no cache knows. */
    static Pair make(ConvolutionShape shape, Direction direction) {
        return switch (direction) {
            case FORWARD -> makeForward(shape, Epilogue.NONE);
            case BACKWARD_DATA -> backwardData(shape);
            case BACKWARD_WEIGHTS -> backwardWeights(shape);
        };
    }

    private static Pair makeForward(ConvolutionShape shape, Epilogue epilogue) {
        var description = forwardDescription(shape, dnnl.prop_kind.forward_inference, Attributes.with(epilogue));
        var kernel = Kernel.of(
                new convolution_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, operands(shape, shape.in())),
                new Kernel.Argument(dnnl.DNNL_ARG_WEIGHTS, description.weights_desc()),
                biasOrNull(shape, dnnl.DNNL_ARG_BIAS),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, results(shape, shape.out())));
        return pair(kernel, givenWeights(shape), description.weights_desc(), description.weights_desc());
    }

    private static Pair backwardData(ConvolutionShape shape) {
        var window = shape.window();
        var description = new convolution_backward_data.primitive_desc(
                PrimitiveCache.engine(),
                dnnl.algorithm.convolution_direct,
                results(shape, shape.in()),
                anyWeights(shape, shape.precision().type()),
                operands(shape, shape.out()),
                window.strides(),
                window.dilations(),
                window.before(),
                window.after(),
                forwardDescription(shape, dnnl.prop_kind.forward_training, Attributes.plain()),
                Attributes.plain(),
                false);
        var kernel = Kernel.of(
                new convolution_backward_data(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, operands(shape, shape.out())),
                new Kernel.Argument(dnnl.DNNL_ARG_WEIGHTS, description.weights_desc()),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SRC, results(shape, shape.in())));
        return pair(kernel, givenWeights(shape), description.weights_desc(), description.weights_desc());
    }

    private static Pair backwardWeights(ConvolutionShape shape) {
        var window = shape.window();
        var hint = forwardDescription(shape, dnnl.prop_kind.forward_training, Attributes.plain());
        var description = new convolution_backward_weights.primitive_desc(
                PrimitiveCache.engine(),
                dnnl.algorithm.convolution_direct,
                operands(shape, shape.in()),
                anyWeights(shape, memory.data_type.f32),
                biasDescription(shape),
                operands(shape, shape.out()),
                window.strides(),
                window.dilations(),
                window.before(),
                window.after(),
                hint,
                Attributes.plain(),
                false);
        var kernel = Kernel.of(
                new convolution_backward_weights(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, operands(shape, shape.in())),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, operands(shape, shape.out())),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS, description.diff_weights_desc()),
                biasOrNull(shape, dnnl.DNNL_ARG_DIFF_BIAS));
        return pair(kernel, description.diff_weights_desc(), givenWeights(shape), description.diff_weights_desc());
    }

    private static convolution_forward.primitive_desc forwardDescription(
            ConvolutionShape shape, dnnl.prop_kind kind, primitive_attr attributes) {
        var window = shape.window();
        return new convolution_forward.primitive_desc(
                PrimitiveCache.engine(),
                kind,
                dnnl.algorithm.convolution_direct,
                operands(shape, shape.in()),
                anyWeights(shape, shape.precision().type()),
                biasDescription(shape),
                results(shape, shape.out()),
                window.strides(),
                window.dilations(),
                window.before(),
                window.after(),
                attributes,
                false);
    }

    private static Kernel.@Nullable Argument biasOrNull(ConvolutionShape shape, int id) {
        return shape.bias() == ConvolutionShape.Bias.PRESENT ? new Kernel.Argument(id, biasDescription(shape)) : null;
    }

    private static Pair pair(Kernel convolution, memory.desc from, memory.desc to, memory.desc preferred) {
        return new Pair(convolution, from.equals(to) ? null : Kernel.copy(from, to), preferred);
    }

    private static memory.desc givenWeights(ConvolutionShape shape) {
        return new memory.desc(shape.weights(), memory.data_type.f32, shape.weightStrides());
    }

    private static memory.desc operands(ConvolutionShape shape, Nhwc.Dims dims) {
        return shape.layout().description(dims, shape.precision().type());
    }

    private static memory.desc results(ConvolutionShape shape, Nhwc.Dims dims) {
        return shape.layout().description(dims, shape.results().type());
    }

    private static memory.desc anyWeights(ConvolutionShape shape, memory.data_type type) {
        return new memory.desc(shape.weights(), type, memory.format_tag.any);
    }

    /** To oneDNN, a description of nothing means a convolution without bias. */
    private static memory.desc biasDescription(ConvolutionShape shape) {
        return shape.bias() == ConvolutionShape.Bias.PRESENT
                ? new memory.desc(new long[] {shape.out().c()}, memory.data_type.f32, memory.format_tag.a)
                : new memory.desc();
    }
}
