package io.residual.onednn.kernels;

import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Arithmetic on a fixed number of rows of channels, [rows, C], that are kept as bfloat16, in the thread that makes it. What is computed is
 * of 32 bits, and rounded to the nearest bfloat16, ties to even, when it is written. ReLU makes 0 of NaN.
 *
 * <p>Batch norm's kernels are used with the variance 1 and the epsilon 0, so that they multiply by what they are given.
 */
public final class RoundedRows {
    /** Kernels are fast for multiples of it. */
    private static final int CHANNELS = 16;

    private static final int GIVEN_STATISTICS = dnnl.dnnl_use_global_stats | dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

    private final PrimitiveCache kernels = PrimitiveCache.ofThisThread();
    private final Map<Operation, Kernel> byOperation = new EnumMap<>(Operation.class);
    private final memory.desc rows;
    private final memory.desc floats;
    private final memory.desc perChannel;
    private final FloatPointer ones;
    private final long bytes;

    /** What each channel's numbers are normalized with. */
    public record ChannelFactors(FloatPointer mean, FloatPointer scale, FloatPointer shift) {
        public ChannelFactors(int channels) {
            this(new FloatPointer(channels), new FloatPointer(channels), new FloatPointer(channels));
        }

        /**
         * Whether none of them is NaN or infinite.
         *
         * @param numbers room for those of all channels
         */
        public boolean isFinite(float[] numbers) {
            float sum = 0;
            for (FloatPointer each : new FloatPointer[] {mean, scale, shift}) {
                each.get(numbers);
                for (float number : numbers) {
                    sum += 0 * number;
                }
            }
            return sum == 0;
        }
    }

    private enum Operation {
        TO_FLOAT,
        TO_BFLOAT16,
        NORMALIZE_AND_RELU,
        MOMENTS,
        GRADIENT_SUMS,
        ADD,
        MASK
    }

    public RoundedRows(int count, int channels) {
        var dims = new Nhwc.Dims(1, channels, count, 1);
        rows = dims.description(memory.data_type.bf16);
        floats = dims.description();
        perChannel = new memory.desc(new long[] {channels}, memory.data_type.f32, memory.format_tag.a);
        bytes = dims.length() * Short.BYTES;
        ones = new FloatPointer(channels);
        for (int c = 0; c < channels; c++) {
            ones.put(c, 1);
        }
    }

    /** Whether there are kernels for that many channels that are faster than tiles. */
    public static boolean supports(int channels) {
        return channels % CHANNELS == 0;
    }

    public void toFloat(Pointer from, Pointer to) {
        kernels.run(kernel(Operation.TO_FLOAT), from, to);
    }

    public void toBfloat16(Pointer from, Pointer to) {
        kernels.run(kernel(Operation.TO_BFLOAT16), from, to);
    }

    /** to = max(0, (from - mean) * scale + shift). */
    public void normalizeAndRelu(Pointer from, ChannelFactors by, Pointer to) {
        kernels.run(kernel(Operation.NORMALIZE_AND_RELU), from, by.scale, by.shift, by.mean, ones, to);
    }

    /** Writes each channel's mean, and the mean of squared deviations from it. */
    public void moments(Pointer from, FloatPointer mean, FloatPointer variance) {
        kernels.run(kernel(Operation.MOMENTS), from, mean, variance, unused());
    }

    /** Writes each channel's sum of gradients, and of their products with the values' deviations from the mean. */
    public void gradientSums(Pointer gradient, Pointer values, Pointer mean, FloatPointer sums, FloatPointer products) {
        kernels.run(kernel(Operation.GRADIENT_SUMS), values, ones, mean, ones, gradient, unused(), products, sums);
    }

    /** to = left + right. */
    public void add(Pointer left, Pointer right, Pointer to) {
        kernels.run(kernel(Operation.ADD), left, right, to);
    }

    /** to = gradient where value > 0, else 0. */
    public void mask(Pointer gradient, Pointer value, Pointer to) {
        kernels.run(kernel(Operation.MASK), value, gradient, to);
    }

    private Pointer unused() {
        return kernels.buffer(PrimitiveCache.Slot.RESULT, bytes);
    }

    private Kernel kernel(Operation operation) {
        var known = byOperation.get(operation);
        if (known == null) {
            known = switch (operation) {
                case TO_FLOAT -> Kernel.copy(rows, floats);
                case TO_BFLOAT16 -> Kernel.copy(floats, rows);
                case NORMALIZE_AND_RELU -> normalizeAndRelu();
                case MOMENTS -> moments();
                case GRADIENT_SUMS -> gradientSums();
                case ADD -> add();
                case MASK -> mask();
            };
            byOperation.put(operation, known);
        }
        return known;
    }

    private batch_normalization_forward.primitive_desc forward(int kind, int flags) {
        return new batch_normalization_forward.primitive_desc(
                PrimitiveCache.engine(), kind, rows, rows, 0, flags, Attributes.plain(), false);
    }

    private Kernel normalizeAndRelu() {
        var description = forward(dnnl.dnnl_forward_inference, GIVEN_STATISTICS | dnnl.dnnl_fuse_norm_relu);
        return Kernel.of(
                new batch_normalization_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, rows),
                new Kernel.Argument(dnnl.DNNL_ARG_SCALE, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_SHIFT, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_MEAN, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_VARIANCE, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, rows));
    }

    private Kernel moments() {
        var description = forward(dnnl.dnnl_forward_training, 0);
        return Kernel.of(
                new batch_normalization_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, rows),
                new Kernel.Argument(dnnl.DNNL_ARG_MEAN, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_VARIANCE, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, rows));
    }

    private Kernel gradientSums() {
        var description = new batch_normalization_backward.primitive_desc(
                PrimitiveCache.engine(),
                dnnl.dnnl_backward,
                rows,
                rows,
                rows,
                0,
                GIVEN_STATISTICS,
                forward(dnnl.dnnl_forward_training, GIVEN_STATISTICS),
                Attributes.plain(),
                false);
        return Kernel.of(
                new batch_normalization_backward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, rows),
                new Kernel.Argument(dnnl.DNNL_ARG_SCALE, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_MEAN, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_VARIANCE, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, rows),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SRC, rows),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SCALE, perChannel),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SHIFT, perChannel));
    }

    private Kernel add() {
        var description = new binary.primitive_desc(
                PrimitiveCache.engine(), dnnl.algorithm.binary_add, rows, rows, rows, Attributes.plain(), false);
        return Kernel.of(
                new binary(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC_0, rows),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC_1, rows),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, rows));
    }

    private Kernel mask() {
        var function = dnnl.algorithm.eltwise_relu_use_dst_for_bwd;
        var forward = new eltwise_forward.primitive_desc(
                PrimitiveCache.engine(),
                dnnl.prop_kind.forward_training,
                function,
                rows,
                rows,
                0,
                0,
                Attributes.plain(),
                false);
        var description = new eltwise_backward.primitive_desc(
                PrimitiveCache.engine(), function, rows, rows, rows, 0, 0, forward, Attributes.plain(), false);
        return Kernel.of(
                new eltwise_backward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, rows),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, rows),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SRC, rows));
    }
}
