package io.residual.onednn.kernels;

import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.inner_product_backward_data;
import org.bytedeco.dnnl.inner_product_backward_weights;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions on images so small that the window sees the complete image at every position, as products of matrices.
 *
 * <p>With P positions, the output is [N, P * O] and the input [N, H * W * C], both as they lie in memory, and each
 * position has its own part of the kernel: 3x3 with padding 1 on 2x2 pixels takes 16 blocks of weights where a convolution
 * goes through 36, most of them against padding. The last two stages of ResNet-18 are of this kind at 28 pixels. Their factors
 * have the precision of the results.
 */
final class DenseKernels {
    private DenseKernels() {}

    private record Key(ConvolutionShape shape, Direction direction, Epilogue epilogue) {}

    /**
     * A product and the copies around it.
     *
     * @param blocks from Deeplearning4j's weights to the rows of each position in the plain matrix [P * O, H * W * C], or
     *     back, adding up
     * @param layout from the plain matrix to the product's own layout, or back; none where that is the plain one
     */
    record Product(Kernel product, Kernel blocks, @Nullable Kernel layout, memory.desc preferred, long plainBytes)
            implements AutoCloseable {
        long layoutBytes() {
            return preferred.get_size();
        }

        @Override
        public void close() {
            product.close();
            blocks.close();
            if (layout != null) {
                layout.close();
            }
        }
    }

    /** Whether each position of the window sees the complete image, and enough examples make up for copies of weights. */
    static boolean covers(ConvolutionShape shape) {
        var rows = shape.window().rows();
        var columns = shape.window().columns();
        long positions = rows.positions() * columns.positions();
        return rows.seesAll(shape.in().h())
                && columns.seesAll(shape.in().w())
                && (positions == 1 || shape.in().n() >= 16);
    }

    static Product forward(ConvolutionShape shape, Epilogue epilogue) {
        return PrimitiveCache.ofThisThread()
                .get(new Key(shape, Direction.FORWARD, epilogue), () -> makeForward(shape, epilogue));
    }

    /** As {@link ConvolutionKernels#forward}, with weights from {@link #prepareWeights}. */
    static void forward(
            ConvolutionShape shape,
            Product product,
            Pointer in,
            Pointer prepared,
            @Nullable Pointer bias,
            Pointer out) {
        var kernels = PrimitiveCache.ofThisThread();
        kernels.run(product.product, in, prepared, bias == null ? null : repeated(kernels, shape, bias), out);
    }

    /** The gradient with respect to the input. */
    static void backwardData(ConvolutionShape shape, INDArray outGradient, INDArray weights, INDArray inGradient) {
        var kernels = PrimitiveCache.ofThisThread();
        var product = kernels.get(key(shape, Direction.BACKWARD_DATA), () -> makeBackwardData(shape));
        var prepared = kernels.buffer(PrimitiveCache.Slot.WEIGHTS, product.layoutBytes());
        prepareWeights(shape, product, Nhwc.address(weights), prepared);
        kernels.run(product.product, Nhwc.address(outGradient), prepared, Nhwc.address(inGradient));
    }

    /** The gradients with respect to weights and bias, summed over the examples. */
    static void backwardWeights(
            ConvolutionShape shape,
            INDArray in,
            INDArray outGradient,
            INDArray weightGradient,
            @Nullable INDArray biasGradient) {
        var kernels = PrimitiveCache.ofThisThread();
        var product = kernels.get(key(shape, Direction.BACKWARD_WEIGHTS), () -> makeBackwardWeights(shape));
        var result = kernels.buffer(PrimitiveCache.Slot.WEIGHT_GRADIENTS, product.layoutBytes());
        backwardWeights(
                shape, product, Nhwc.address(in), Nhwc.address(outGradient), result, Nhwc.addressOrNull(biasGradient));
        finishWeights(shape, product, result, Nhwc.address(weightGradient));
    }

    /** As {@link ConvolutionKernels#backwardWeights}, with weights in the product's layout. */
    static void backwardWeights(
            ConvolutionShape shape,
            Product product,
            Pointer in,
            Pointer outGradient,
            Pointer result,
            @Nullable Pointer biasGradient) {
        var kernels = PrimitiveCache.ofThisThread();
        var perPosition =
                biasGradient == null ? null : kernels.buffer(PrimitiveCache.Slot.BIAS, matrixRows(shape) * Float.BYTES);
        kernels.run(product.product, in, outGradient, result, perPosition);
        if (biasGradient != null && perPosition != null) {
            sumPositions(shape, perPosition, biasGradient);
        }
    }

    /** Adds up what {@link #backwardWeights} left, in Deeplearning4j's layout. */
    static void finishWeights(ConvolutionShape shape, Product product, Pointer result, Pointer target) {
        var kernels = PrimitiveCache.ofThisThread();
        var plain = result;
        if (product.layout != null) {
            plain = kernels.buffer(PrimitiveCache.Slot.PLAIN_WEIGHTS, product.plainBytes);
            kernels.run(product.layout, result, plain);
        }
        Pointer.memset(target, 0, shape.givenWeights() * Float.BYTES);
        for (long position = 0; position < positions(shape); position++) {
            kernels.run(product.blocks, block(shape, plain, position), partOfKernel(shape, target, position));
        }
    }

    /** Copies Deeplearning4j's weights to the product's layout. */
    static void prepareWeights(ConvolutionShape shape, Product product, Pointer weights, Pointer prepared) {
        var kernels = PrimitiveCache.ofThisThread();
        var plain = product.layout == null
                ? prepared
                : kernels.buffer(PrimitiveCache.Slot.PLAIN_WEIGHTS, product.plainBytes);
        for (long position = 0; position < positions(shape); position++) {
            kernels.run(product.blocks, partOfKernel(shape, weights, position), block(shape, plain, position));
        }
        if (product.layout != null) {
            kernels.run(product.layout, plain, prepared);
        }
    }

    private static Pointer block(ConvolutionShape shape, Pointer plain, long position) {
        return new FloatPointer(plain).getPointer(position * shape.out().c() * matrixColumns(shape));
    }

    /** Start of the part of the kernel that meets the image at that position. */
    private static Pointer partOfKernel(ConvolutionShape shape, Pointer weights, long position) {
        var rows = shape.window().rows();
        var columns = shape.window().columns();
        long row = shape.filter().firstRow() + rows.firstTap(position / columns.positions());
        long column = shape.filter().firstColumn() + columns.firstTap(position % columns.positions());
        return new FloatPointer(weights).getPointer(row * shape.filter().columns() + column);
    }

    private static Pointer repeated(PrimitiveCache kernels, ConvolutionShape shape, Pointer bias) {
        if (positions(shape) == 1) {
            return bias;
        }
        var all = new FloatPointer(kernels.buffer(PrimitiveCache.Slot.BIAS, matrixRows(shape) * Float.BYTES));
        for (long position = 0; position < positions(shape); position++) {
            Pointer.memcpy(
                    all.getPointer(position * shape.out().c()),
                    bias,
                    shape.out().c() * Float.BYTES);
        }
        return all;
    }

    private static void sumPositions(ConvolutionShape shape, Pointer perPosition, Pointer target) {
        var parts = new float[Math.toIntExact(matrixRows(shape))];
        new FloatPointer(perPosition).get(parts);
        var sums = new float[Math.toIntExact(shape.out().c())];
        for (int i = 0; i < parts.length; i++) {
            sums[i % sums.length] += parts[i];
        }
        new FloatPointer(target).put(sums);
    }

    static Product makeForward(ConvolutionShape shape, Epilogue epilogue) {
        var description = forwardDescription(shape, dnnl.prop_kind.forward_inference, Attributes.with(epilogue));
        var kernel = Kernel.of(
                new inner_product_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, in(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_WEIGHTS, description.weights_desc()),
                biasOrNull(shape, dnnl.DNNL_ARG_BIAS),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, out(shape)));
        return toProduct(shape, kernel, description.weights_desc());
    }

    static Product makeBackwardData(ConvolutionShape shape) {
        var description = new inner_product_backward_data.primitive_desc(
                PrimitiveCache.engine(),
                in(shape),
                anyMatrix(shape, shape.results()),
                out(shape),
                forwardDescription(shape, dnnl.prop_kind.forward_training, Attributes.plain()),
                Attributes.plain(),
                false);
        var kernel = Kernel.of(
                new inner_product_backward_data(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, out(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_WEIGHTS, description.weights_desc()),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SRC, in(shape)));
        return toProduct(shape, kernel, description.weights_desc());
    }

    private static Product toProduct(ConvolutionShape shape, Kernel kernel, memory.desc preferred) {
        var plain = plainMatrix(shape);
        return new Product(
                kernel,
                Kernel.copy(kernelPart(shape), plainBlock(shape)),
                plain.equals(preferred) ? null : Kernel.copy(plain, preferred),
                preferred,
                plain.get_size());
    }

    static Product makeBackwardWeights(ConvolutionShape shape) {
        var hint = forwardDescription(shape, dnnl.prop_kind.forward_training, Attributes.plain());
        var description = new inner_product_backward_weights.primitive_desc(
                PrimitiveCache.engine(),
                in(shape),
                anyMatrix(shape, Precision.F32),
                bias(shape),
                out(shape),
                hint,
                Attributes.plain(),
                false);
        var kernel = Kernel.of(
                new inner_product_backward_weights(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, in(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, out(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS, description.diff_weights_desc()),
                biasOrNull(shape, dnnl.DNNL_ARG_DIFF_BIAS));
        var plain = plainMatrix(shape);
        var preferred = description.diff_weights_desc();
        var adding = Attributes.plain();
        var sum = new post_ops();
        sum.append_sum();
        adding.set_post_ops(sum);
        return new Product(
                kernel,
                Kernel.copy(plainBlock(shape), kernelPart(shape), adding),
                plain.equals(preferred) ? null : Kernel.copy(preferred, plain),
                preferred,
                plain.get_size());
    }

    private static inner_product_forward.primitive_desc forwardDescription(
            ConvolutionShape shape, dnnl.prop_kind kind, primitive_attr attributes) {
        return new inner_product_forward.primitive_desc(
                PrimitiveCache.engine(),
                kind,
                in(shape),
                anyMatrix(shape, shape.results()),
                bias(shape),
                out(shape),
                attributes,
                false);
    }

    private static Kernel.@Nullable Argument biasOrNull(ConvolutionShape shape, int id) {
        return shape.bias() == ConvolutionShape.Bias.PRESENT ? new Kernel.Argument(id, bias(shape)) : null;
    }

    private static Key key(ConvolutionShape shape, Direction direction) {
        return new Key(shape, direction, Epilogue.NONE);
    }

    private static long positions(ConvolutionShape shape) {
        return shape.out().h() * shape.out().w();
    }

    private static long matrixRows(ConvolutionShape shape) {
        return positions(shape) * shape.out().c();
    }

    private static long matrixColumns(ConvolutionShape shape) {
        return shape.in().h() * shape.in().w() * shape.in().c();
    }

    private static memory.desc in(ConvolutionShape shape) {
        return matrix(shape.in().n(), matrixColumns(shape), shape.results(), memory.format_tag.ab);
    }

    private static memory.desc out(ConvolutionShape shape) {
        return matrix(shape.out().n(), matrixRows(shape), shape.results(), memory.format_tag.ab);
    }

    private static memory.desc anyMatrix(ConvolutionShape shape, Precision precision) {
        return matrix(matrixRows(shape), matrixColumns(shape), precision, memory.format_tag.any);
    }

    private static memory.desc plainMatrix(ConvolutionShape shape) {
        return matrix(matrixRows(shape), matrixColumns(shape), Precision.F32, memory.format_tag.ab);
    }

    private static memory.desc matrix(long rows, long columns, Precision precision, memory.format_tag layout) {
        return new memory.desc(new long[] {rows, columns}, precision.type(), layout);
    }

    /** To oneDNN, a description of nothing means a product without bias. */
    private static memory.desc bias(ConvolutionShape shape) {
        return shape.bias() == ConvolutionShape.Bias.PRESENT
                ? new memory.desc(new long[] {matrixRows(shape)}, memory.data_type.f32, memory.format_tag.a)
                : new memory.desc();
    }

    /** As much of the kernel as meets the image: [O, C, H, W]. */
    private static memory.desc kernelPart(ConvolutionShape shape) {
        return new memory.desc(partShape(shape), memory.data_type.f32, shape.weightStrides());
    }

    /** The rows of one position in the plain matrix, seen as [O, C, H, W]. */
    private static memory.desc plainBlock(ConvolutionShape shape) {
        return new memory.desc(partShape(shape), memory.data_type.f32, memory.format_tag.acdb);
    }

    private static long[] partShape(ConvolutionShape shape) {
        return new long[] {
            shape.out().c(), shape.in().c(), shape.in().h(), shape.in().w()
        };
    }
}
