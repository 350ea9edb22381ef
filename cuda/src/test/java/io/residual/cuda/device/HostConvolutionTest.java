package io.residual.cuda.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.Window.Axis;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostConvolutionTest {
    private HostDevice device = new HostDevice();

    @BeforeAll
    static void a_compiler_is_there() {
        HostCompiler.assumeAvailable();
    }

    @BeforeEach
    void open() {
        device = new HostDevice();
    }

    @AfterEach
    void close() {
        device.close();
    }

    /** By hand: 2 x 3 pixels of 2 channels, a filter of 1 x 2 over columns, padded by one column before. */
    @Test
    void a_convolution_is_the_one_that_was_computed_by_hand() {
        ConvolutionShape shape = new ConvolutionShape(
                1,
                new Value("", 2, 2, 3),
                new Value("", 1, 2, 3),
                new Window(new Axis(1, 1, 1, 0, 0), new Axis(2, 1, 1, 1, 0)));
        long in = upload(Format.F32, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        long weights = upload(Format.F32, 1, 10, 100, 1000);
        long out = device.allocate(24);
        device.convolution(shape, Pass.FORWARD, Format.F32).run(in, weights, out);
        assertThat(download(Format.F32, out, 6)).containsExactly(2100, 4321, 6543, 8700, 10987, 13209);
    }

    @Test
    void gradients_are_those_of_the_convolution() {
        ConvolutionShape shape = new ConvolutionShape(
                2,
                new Value("", 3, 5, 7),
                new Value("", 4, 3, 3),
                new Window(new Axis(3, 2, 1, 1, 1), new Axis(2, 2, 2, 0, 0)));
        float[] in = random(2 * 3 * 5 * 7);
        float[] weights = random((int) shape.weights());
        float[] gradient = random(2 * 4 * 3 * 3);
        float[] ofIn = run(shape, Pass.BACKWARD_DATA, Format.TF32, new float[in.length], weights, gradient);
        float[] ofWeights = run(shape, Pass.BACKWARD_WEIGHTS, Format.TF32, in, new float[weights.length], gradient);
        for (int i = 0; i < in.length; i += 4) {
            float[] moved = in.clone();
            moved[i] += 1;
            assertThat(change(shape, in, weights, moved, weights, gradient)).isCloseTo(ofIn[i], within(2e-5));
        }
        for (int i = 0; i < weights.length; i++) {
            float[] moved = weights.clone();
            moved[i] += 1;
            assertThat(change(shape, in, weights, in, moved, gradient)).isCloseTo(ofWeights[i], within(2e-5));
        }
    }

    @Test
    void bf16_is_rounded_to_the_nearest_and_ties_to_even() {
        ConvolutionShape shape = new ConvolutionShape(
                3,
                new Value("", 2, 1, 1),
                new Value("", 1, 1, 1),
                new Window(new Axis(1, 1, 1, 0, 0), new Axis(1, 1, 1, 0, 0)));
        float ulp = 1f / 128;
        float[] in = {1, ulp / 2, 1 + ulp, ulp / 2, 1, ulp * 0.75f};
        assertThat(run(shape, Pass.FORWARD, Format.BF16, in, new float[] {1, 1}, new float[3]))
                .containsExactly(1, 1 + 2 * ulp, 1 + ulp);
    }

    @Test
    void eight_images_of_28_by_28_take_well_under_a_second() {
        ConvolutionShape shape = new ConvolutionShape(
                8,
                new Value("", 16, 28, 28),
                new Value("", 16, 28, 28),
                new Window(new Axis(3, 1, 1, 1, 1), new Axis(3, 1, 1, 1, 1)));
        float[] images = new float[8 * 28 * 28 * 16];
        run(shape, Pass.FORWARD, Format.F32, images, new float[16 * 16 * 9], images);
        long start = System.nanoTime();
        for (Pass pass : Pass.values()) run(shape, pass, Format.F32, images, new float[16 * 16 * 9], images);
        assertThat((System.nanoTime() - start) / 1e9).isLessThan(1);
    }

    /** Of the sum of outputs times a gradient: linear, so that a difference is exact but for rounding. */
    private double change(
            ConvolutionShape shape, float[] in, float[] weights, float[] newIn, float[] newWeights, float[] gradient) {
        float[] before = run(shape, Pass.FORWARD, Format.F32, in, weights, new float[gradient.length]);
        float[] after = run(shape, Pass.FORWARD, Format.F32, newIn, newWeights, new float[gradient.length]);
        double sum = 0;
        for (int i = 0; i < gradient.length; i++) sum += (after[i] - (double) before[i]) * gradient[i];
        return sum;
    }

    private float[] run(ConvolutionShape shape, Pass pass, Format format, float[] in, float[] weights, float[] out) {
        long[] arrays = {upload(format, in), upload(format, weights), upload(format, out)};
        device.convolution(shape, pass, format).run(arrays[0], arrays[1], arrays[2]);
        float[] computed = switch (pass) {
            case FORWARD -> download(format, arrays[2], out.length);
            case BACKWARD_DATA -> download(format, arrays[0], in.length);
            case BACKWARD_WEIGHTS -> download(format, arrays[1], weights.length);
        };
        for (long array : arrays) device.free(array);
        return computed;
    }

    private long upload(Format format, float... numbers) {
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(format.bytes() * numbers.length).order(ByteOrder.nativeOrder());
        for (float number : numbers) {
            if (format == Format.BF16) {
                buffer.putShort((short) (Float.floatToIntBits(number) >>> 16));
            } else {
                buffer.putFloat(number);
            }
        }
        long to = device.allocate(buffer.capacity());
        device.upload(buffer.rewind(), to);
        return to;
    }

    private float[] download(Format format, long from, int size) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(format.bytes() * size).order(ByteOrder.nativeOrder());
        device.download(from, buffer);
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = format == Format.BF16 ? Float.intBitsToFloat(buffer.getShort() << 16) : buffer.getFloat();
        }
        return numbers;
    }

    private static float[] random(int size) {
        Random random = new Random(size);
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) numbers[i] = random.nextFloat() - 0.5f;
        return numbers;
    }
}
