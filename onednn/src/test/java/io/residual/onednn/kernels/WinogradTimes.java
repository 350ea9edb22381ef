package io.residual.onednn.kernels;

import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The processor time of Winograd's products against that of direct convolutions, in turn, in one thread (run it with
 * OMP_NUM_THREADS=1). Not a test.
 */
final class WinogradTimes {
    private static final int ROUNDS = 41;
    private static final long WARMUP_NANOS = 3_000_000_000L;
    /** Channels, pixels a side, images. */
    private static final int[][] SHAPES = {
        {64, 24, 4}, {128, 12, 8}, {256, 6, 16}, {512, 3, 64}, {64, 14, 8}, {128, 7, 16}, {64, 7, 16}, {128, 4, 32}
    };

    private WinogradTimes() {}

    public static void main(String[] args) {
        for (int[] each : SHAPES) {
            Nhwc.Dims dims = new Nhwc.Dims(each[2], each[0], each[1], each[1]);
            ConvolutionShape.Axis axis = new ConvolutionShape.Axis(3, 1, 1, 1, 1, each[1]);
            ConvolutionShape shape = ConvolutionShape.of(
                    dims, dims, new ConvolutionShape.Window(axis, axis), ConvolutionShape.Bias.ABSENT, Precision.F32);
            for (Direction pass : Direction.values()) {
                print(shape, pass);
            }
        }
    }

    private static void print(ConvolutionShape shape, Direction pass) {
        Pass direct = new Pass(shape, pass, EnumSet.noneOf(Direction.class));
        Pass winograd = new Pass(shape, pass, EnumSet.of(pass));
        Runnable[] work = {direct::run, winograd::run, direct::weights, winograd::weights};
        double[] times = medians(work);
        double images = shape.in().n();
        System.out.printf(
                Locale.ROOT,
                "%d channels, %d x %d, %s: %.0f and %.0f microseconds an image (%.2f times), weights %.2f and %.2f"
                        + " ms%n",
                shape.in().c(),
                shape.in().h(),
                shape.in().w(),
                pass,
                times[0] / images,
                times[1] / images,
                times[0] / times[1],
                times[2] / 1e3,
                times[3] / 1e3);
    }

    /** Microseconds, each. */
    private static double[] medians(Runnable[] work) {
        double[][] times = new double[work.length][ROUNDS];
        long end = System.nanoTime() + WARMUP_NANOS;
        while (System.nanoTime() < end) {
            Arrays.asList(work).forEach(Runnable::run);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < work.length; i++) {
                work[i].run();
                long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                work[i].run();
                times[i][round] = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e3;
            }
        }
        return Arrays.stream(times)
                .mapToDouble(each -> Arrays.stream(each).sorted().toArray()[ROUNDS / 2])
                .toArray();
    }

    /** A pass on memory of its own. */
    private static final class Pass {
        private final BatchConvolution convolution;
        private final Direction pass;
        private final Pointer in;
        private final Pointer out;
        private final Pointer given;
        private final Pointer prepared;

        Pass(ConvolutionShape shape, Direction pass, Set<Direction> winograd) {
            this.pass = pass;
            convolution = BatchConvolution.of(shape, Precision.F32, Precision.F32, winograd);
            in = memory(shape.in().length());
            out = memory(shape.out().length());
            given = memory(shape.givenWeights());
            prepared = memory(convolution.preparedBytes(pass) / Float.BYTES);
            weights();
        }

        private static Pointer memory(long count) {
            float[] numbers = new float[Math.toIntExact(count)];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) Math.sin(i);
            }
            Pointer memory = PrimitiveCache.aligned(PrimitiveCache.allocate(count * Float.BYTES));
            new FloatPointer(memory).put(numbers);
            return memory;
        }

        void run() {
            switch (pass) {
                case FORWARD -> convolution.forward(in, prepared, null, out);
                case BACKWARD_DATA -> convolution.backwardData(out, prepared, in);
                case BACKWARD_WEIGHTS -> convolution.backwardWeights(in, out, prepared, null);
            }
        }

        /** Brings weights to the layout of the pass, or their gradients back. */
        void weights() {
            if (pass == Direction.BACKWARD_WEIGHTS) {
                convolution.finishWeights(prepared, given);
            } else {
                convolution.prepare(pass, given, prepared);
            }
        }
    }
}
