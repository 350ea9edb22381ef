package io.residual.onednn.kernels;

import io.residual.onednn.kernels.Kernel.Argument;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Arithmetic on images at addresses for inference, of equal shapes, in the order N, H, W, C. */
public final class FusedArithmetic {
    private final Kernel kernel;
    private final @Nullable FloatPointer left;
    private final @Nullable FloatPointer right;

    private FusedArithmetic(Kernel kernel, @Nullable FloatPointer left, @Nullable FloatPointer right) {
        this.kernel = kernel;
        this.left = left;
        this.right = right;
    }

    /** out = activation(factor * in + bias), with a factor and a bias for each channel. */
    public static FusedArithmetic scaling(Nhwc.Dims dims, NumberType in, NumberType out, Epilogue epilogue) {
        var from = dims.description(in.code());
        var to = dims.description(out.code());
        var channels = new memory.desc(new long[] {1, dims.c(), 1, 1}, memory.data_type.f32, memory.format_tag.nhwc);
        var operations = new post_ops();
        operations.append_binary(dnnl.algorithm.binary_add, channels);
        Attributes.append(operations, epilogue, out);
        var attributes = Attributes.plain();
        attributes.set_post_ops(operations);
        var description = new binary.primitive_desc(
                PrimitiveCache.engine(), dnnl.algorithm.binary_mul, from, channels, to, attributes, false);
        var kernel = Kernel.of(
                new binary(description),
                description.scratchpad_desc(),
                new Argument(dnnl.DNNL_ARG_SRC_0, from),
                new Argument(dnnl.DNNL_ARG_SRC_1, channels),
                new Argument(dnnl.DNNL_ARG_DST, to),
                new Argument(dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | dnnl.DNNL_ARG_SRC_1, channels));
        return new FusedArithmetic(kernel, null, null);
    }

    /** The number type of an operand, and what it is multiplied by: 1 for floats. */
    public record Operand(NumberType type, float step) {}

    /** out = activation(left + right). */
    public static FusedArithmetic sum(Nhwc.Dims dims, Operand left, Operand right, NumberType out, Epilogue epilogue) {
        var first = dims.description(left.type.code());
        var second = dims.description(right.type.code());
        var to = dims.description(out.code());
        var operations = new post_ops();
        Attributes.append(operations, epilogue, out);
        var attributes = Attributes.plain();
        attributes.set_post_ops(operations);
        boolean scaled = out.isInteger();
        if (scaled) {
            attributes.set_scales_mask(dnnl.DNNL_ARG_SRC_0, 0);
            attributes.set_scales_mask(dnnl.DNNL_ARG_SRC_1, 0);
        }
        var description = new binary.primitive_desc(
                PrimitiveCache.engine(), dnnl.algorithm.binary_add, first, second, to, attributes, false);
        var one = new memory.desc(new long[] {1}, memory.data_type.f32, memory.format_tag.a);
        var kernel = Kernel.of(
                new binary(description),
                description.scratchpad_desc(),
                new Argument(dnnl.DNNL_ARG_SRC_0, first),
                new Argument(dnnl.DNNL_ARG_SRC_1, second),
                new Argument(dnnl.DNNL_ARG_DST, to),
                scaled ? new Argument(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC_0, one) : null,
                scaled ? new Argument(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC_1, one) : null);
        return new FusedArithmetic(
                kernel, scaled ? new FloatPointer(left.step) : null, scaled ? new FloatPointer(right.step) : null);
    }

    /** Scales images by a float for each channel, and adds another. */
    public void scale(Pointer in, Pointer factor, Pointer bias, Pointer out) {
        PrimitiveCache.ofThisThread().run(kernel, in, factor, out, bias);
    }

    /** Adds images. */
    public void add(Pointer first, Pointer second, Pointer out) {
        PrimitiveCache.ofThisThread().run(kernel, first, second, out, left, right);
    }

    public void close() {
        kernel.close();
    }
}
