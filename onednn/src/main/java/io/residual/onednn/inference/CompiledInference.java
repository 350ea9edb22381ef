package io.residual.onednn.inference;

import io.residual.onednn.inference.OperationKernels.Exactness;
import io.residual.onednn.inference.ThreadProgram.Batch;
import io.residual.onednn.inference.ThreadProgram.Observer;
import io.residual.onednn.kernels.Nhwc;
import io.residual.onednn.kernels.Precision;
import io.residual.program.Program;
import io.residual.program.inference.ActivationRanges;
import io.residual.program.inference.FusedProgram;
import io.residual.program.inference.FusedProgram.Fusing;
import io.residual.program.inference.Quantization;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The logits of a program in inference. Batch norms are folded into convolutions, which also add shortcuts and do the ReLU; a few
 * images at a time go through all operations and stay in a core's cache. Calls from several threads wait for each other.
 *
 * <p>NaN and infinities reach the logits as in PyTorch. In reduced precision, the results of their images are those of 32-bit
 * floats.
 */
public final class CompiledInference {
    /** The magnitude from which on numbers may overflow before the first pool, and kernels then lose them. */
    static final float MAX_ORDINARY = 0x1p50f;

    /**
     * Of the values; larger ones are cut off. Probabilities of 10,000 test images change by 0.00063 on average (speedrun), by 0.00065
     * with all values in range, by 0.00073 with 0.9999 of them, by 0.0019 with 0.999.
     */
    private static final double SHARE_IN_RANGE = 0.99999;

    /** So that values which are always 0 have a range, too. */
    private static final float MIN_RANGE = 1e-6f;

    private final Program program;
    private final Function<String, float[]> parameters;
    private final Engine engine;
    /** For images on which the engine may lose NaN; made when the first one comes. */
    private @Nullable Engine exact;

    private CompiledInference(FusedProgram fused, ValueTypes types, Function<String, float[]> parameters) {
        this.program = fused.program();
        this.parameters = parameters;
        this.engine = new Engine(fused, types, Exactness.ORDINARY, parameters);
    }

    /** Whether the processor multiplies bfloat16. */
    public static boolean hasBf16() {
        return Precision.BF16.supportedHere() == Precision.BF16;
    }

    /** Whether the processor multiplies 8-bit integers, and adds up their products in 32 bits. */
    public static boolean hasIntegers() {
        int has = dnnl.dnnl_get_effective_cpu_isa();
        int wide = dnnl.dnnl_cpu_isa_avx512_core_vnni;
        int narrow = dnnl.dnnl_cpu_isa_avx2_vnni;
        return (has & wide) == wide || (has & narrow) == narrow;
    }

    /**
     * Inference in 32-bit floats.
     *
     * @param parameters by name, each a new array in the order that the operations describe
     */
    public static CompiledInference floats(Program program, Function<String, float[]> parameters) {
        return new CompiledInference(fused(program), ValueTypes.floats(), parameters);
    }

    /** Inference with weights and activations of bfloat16, sums of 32 bits, and a last layer of 32 bits. */
    public static CompiledInference bf16(Program program, Function<String, float[]> parameters) {
        FusedProgram fused = fused(program);
        return new CompiledInference(fused, ValueTypes.bf16(fused), parameters);
    }

    /**
     * Inference with weights and activations of 8-bit integers, sums of 32 bits, and a last layer of 32-bit floats.
     *
     * @param ranges of {@link #ranges} for the same parameters
     * @throws IllegalArgumentException if the range of a value is missing, with its name
     */
    public static CompiledInference integers(
            Program program, Function<String, float[]> parameters, ActivationRanges ranges) {
        FusedProgram fused = fused(program);
        return new CompiledInference(fused, ValueTypes.integers(Quantization.of(fused, ranges)), parameters);
    }

    /**
     * Finds the ranges of the values between operations, in 32-bit floats.
     *
     * @param batches of images, each FLOAT [N, channels, height, width]
     * @throws ArithmeticException if a value is not a finite number
     */
    public static ActivationRanges ranges(
            Program program, Function<String, float[]> parameters, Iterable<INDArray> batches) {
        // Not fused, so that all values are there.
        CompiledInference inference =
                new CompiledInference(FusedProgram.of(program, Fusing.BATCH_NORMS), ValueTypes.floats(), parameters);
        Map<Integer, Magnitudes> magnitudes = new HashMap<>();
        Quantization.values(fused(program)).forEach(value -> magnitudes.put(value, new Magnitudes()));
        Observer observer = new Observer() {
            @Override
            public boolean wants(int value) {
                return magnitudes.containsKey(value);
            }

            @Override
            public void see(int value, float[] numbers) {
                Objects.requireNonNull(magnitudes.get(value)).add(numbers);
            }
        };
        batches.forEach(
                images -> inference.run(images, (batch, count) -> inference.engine.observe(batch, count, observer)));
        Map<String, Float> ranges = new TreeMap<>();
        magnitudes.forEach((value, seen) ->
                ranges.put(program.value(value).vertex(), Math.max(seen.quantile(SHARE_IN_RANGE), MIN_RANGE)));
        return new ActivationRanges(ranges);
    }

    private static FusedProgram fused(Program program) {
        return FusedProgram.of(program, Fusing.ALL);
    }

    /** Takes the parameters as they are now. */
    public synchronized void refresh() {
        engine.refresh();
        if (exact != null) {
            exact.refresh();
        }
    }

    /**
     * The logits of images.
     *
     * @param images FLOAT [N, channels, height, width]
     * @return [N, classes]
     * @throws IllegalArgumentException if the images are not of the network's shape
     */
    public synchronized float[][] logits(INDArray images) {
        return run(images, (batch, count) -> {
            engine.run(batch, count);
            replaceLost(batch);
        });
    }

    private interface Run {
        void run(Batch batch, int images);
    }

    private float[][] run(INDArray images, Run run) {
        int count = Math.toIntExact(images.size(0));
        Program.Value input = program.value(program.input());
        long[] shape = {count, input.channels(), input.height(), input.width()};
        if (images.dataType() != DataType.FLOAT || !Arrays.equals(images.shape(), shape)) {
            throw new IllegalArgumentException("expected floats of shape " + Arrays.toString(shape) + ", got "
                    + images.dataType() + ' ' + Arrays.toString(images.shape()));
        }
        boolean channelsLast = Nhwc.isDense(images);
        INDArray dense = channelsLast ? images : images.dup('c');
        int classes = program.value(program.logits()).channels();
        Batch batch =
                new Batch(Nhwc.address(dense).address(), channelsLast, new float[count * classes], new boolean[count]);
        try {
            run.run(batch, count);
        } finally {
            Reference.reachabilityFence(dense);
        }
        return rows(batch.logits(), classes);
    }

    /** Computes images again for which a NaN may have been lost. */
    private void replaceLost(Batch batch) {
        float[] logits = batch.logits();
        int images = batch.isOrdinary().length;
        boolean[] lost = lost(logits, batch.isOrdinary());
        if (anyOf(lost)) {
            Batch again =
                    new Batch(batch.address(), batch.channelsLast(), new float[logits.length], new boolean[images]);
            exact().run(again, images);
            for (int i = 0; i < logits.length; i++) {
                logits[i] = lost[i / (logits.length / images)] ? again.logits()[i] : logits[i];
            }
        }
    }

    /** Images for which a NaN may have been lost on the way. */
    private boolean[] lost(float[] logits, boolean[] isOrdinary) {
        boolean[] lost = new boolean[isOrdinary.length];
        boolean ordinaryWeights = engine.largestWeight() < MAX_ORDINARY;
        for (int i = 0; i < lost.length; i++) {
            lost[i] = !ordinaryWeights || !isOrdinary[i];
        }
        for (int i = 0; i < logits.length; i++) {
            lost[i / (logits.length / lost.length)] |= !Float.isFinite(logits[i]);
        }
        return lost;
    }

    private static boolean anyOf(boolean[] flags) {
        for (boolean flag : flags) {
            if (flag) {
                return true;
            }
        }
        return false;
    }

    private Engine exact() {
        if (exact == null) {
            exact = new Engine(
                    FusedProgram.of(program, Fusing.BATCH_NORMS),
                    ValueTypes.floats(),
                    Exactness.SPECIAL_NUMBERS,
                    parameters);
        }
        return exact;
    }

    private static float[][] rows(float[] values, int columns) {
        float[][] rows = new float[values.length / columns][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
        }
        return rows;
    }
}
