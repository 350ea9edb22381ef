package io.residual.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.HostDevice;
import io.residual.cuda.device.HostDevice.Order;
import io.residual.cuda.device.HostDevice.Side;
import io.residual.cuda.device.Kernels;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.Window.Axis;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnConvolutionTest {
    private static final int MULTIPROCESSORS = 132;

    private static ConvolutionShape shape(int images, int channels, int outputs, int height, int width) {
        Axis axis = new Axis(3, 1, 1, 1, 1);
        return new ConvolutionShape(
                images,
                new Value("", channels, height, width),
                new Value("", outputs, height, width),
                new Window(axis, axis));
    }

    @ParameterizedTest
    @CsvSource({"3, 16, 16, 28, 28", "3, 32, 32, 14, 14", "2, 16, 32, 10, 12", "5, 64, 64, 7, 7", "3, 48, 16, 9, 7"})
    void a_convolution_is_that_of_its_definition(int images, int channels, int outputs, int height, int width) {
        ConvolutionShape shape = shape(images, channels, outputs, height, width);
        for (Pass pass : Pass.values()) {
            for (Tiling tiling : some(Tiling.all(shape, pass, MULTIPROCESSORS))) {
                compare(shape, pass, compiler -> new OwnConvolution(tiling, compiler));
            }
        }
    }

    /** What a widened input is: the last is that of three colours, the one before of 7 x 7 taps of one. */
    @ParameterizedTest
    @CsvSource({
        "3, 8, 16, 28, 28, 3, 1, 28",
        "1, 8, 32, 5, 3, 3, 1, 5",
        "2, 8, 64, 20, 10, 7, 2, 10",
        "2, 16, 16, 9, 7, 3, 1, 9"
    })
    void so_is_one_of_a_single_column(
            int images, int channels, int outputs, int height, int width, int rows, int stride, int outHeight) {
        ConvolutionShape shape = new ConvolutionShape(
                images,
                new Value("", channels, height, width),
                new Value("", outputs, outHeight, width),
                new Window(new Axis(rows, stride, 1, rows / 2, rows / 2), new Axis(1, 1, 1, 0, 0)));
        for (Pass pass : List.of(Pass.FORWARD, Pass.BACKWARD_WEIGHTS)) {
            assertThat(NarrowConvolution.suits(shape, pass, Format.BF16)).isTrue();
            compare(shape, pass, compiler -> new NarrowConvolution(shape, pass, 2, compiler));
        }
        assertThat(NarrowConvolution.suits(shape, Pass.BACKWARD_DATA, Format.BF16))
                .isFalse();
    }

    @Test
    void what_does_not_fit_is_left_to_others() {
        assertThat(Tiling.suits(shape(2, 16, 64, 9, 7), Format.BF16)).isTrue();
        assertThat(Tiling.suits(shape(2, 16, 64, 9, 7), Format.TF32)).isFalse();
        assertThat(Tiling.suits(shape(2, 16, 80, 9, 7), Format.BF16)).isFalse();
        assertThat(Tiling.suits(shape(2, 3, 16, 9, 7), Format.BF16)).isFalse();
    }

    /** The likely fastest and the likely slowest. */
    private static List<Tiling> some(List<Tiling> all) {
        assertThat(all).isNotEmpty();
        return List.of(all.get(0), all.get(all.size() - 1));
    }

    private static void compare(ConvolutionShape shape, Pass pass, Function<Function<String, Kernels>, Algorithm> own) {
        try (HostDevice device = new HostDevice(Order.RANDOM, Side.AT_ONCE)) {
            List<short[]> arrays = random(shape);
            int computed = pass == Pass.FORWARD ? 2 : pass == Pass.BACKWARD_DATA ? 0 : 1;
            long[] places = new long[3];
            for (int i = 0; i < 3; i++) {
                places[i] = upload(device, arrays.get(i));
            }
            device.convolution(shape, pass, Format.BF16).run(places[0], places[1], places[2]);
            float[] expected = download(device, places[computed], arrays.get(computed).length);
            upload(device, unset(expected.length), places[computed]);
            Algorithm algorithm = own.apply(device::compile);
            long workspace = algorithm.workspace() == 0 ? 0 : device.allocate(algorithm.workspace());
            algorithm.run(places[0], places[1], places[2], workspace);
            float[] got = download(device, places[computed], expected.length);
            close(algorithm, got, expected);
        }
    }

    /** Sums of products that are exact in 32 bits, rounded to 8 bits: at most one unit in the last place apart. */
    private static void close(Algorithm algorithm, float[] got, float[] expected) {
        float largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, expected[i]);
            if (!(Math.abs(got[i] - expected[i]) <= Math.abs(expected[i]) / 128 + 1e-6)) {
                throw new AssertionError(algorithm.tag() + ": " + i + " is " + got[i] + " instead of " + expected[i]);
            }
        }
        assertThat(largest).isGreaterThan(1);
    }

    private static List<short[]> random(ConvolutionShape shape) {
        SplittableRandom random = new SplittableRandom(3);
        List<short[]> arrays = new ArrayList<>();
        for (long size : new long[] {
            (long) shape.images() * shape.in().size(),
            shape.weights(),
            (long) shape.images() * shape.out().size()
        }) {
            short[] array = new short[Math.toIntExact(size)];
            for (int i = 0; i < array.length; i++) {
                array[i] = (short) (Float.floatToRawIntBits((float) random.nextDouble(-1, 1)) >>> 16);
            }
            arrays.add(array);
        }
        return arrays;
    }

    private static short[] unset(int size) {
        short[] array = new short[size];
        Arrays.fill(array, (short) 0x7fff);
        return array;
    }

    private static long upload(HostDevice device, short[] array) {
        long to = device.allocate(2L * array.length);
        upload(device, array, to);
        return to;
    }

    private static void upload(HostDevice device, short[] array, long to) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(2 * array.length).order(ByteOrder.nativeOrder());
        buffer.asShortBuffer().put(array);
        device.upload(buffer, to);
    }

    private static float[] download(HostDevice device, long from, int size) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(2 * size).order(ByteOrder.nativeOrder());
        device.download(from, buffer);
        float[] numbers = new float[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = Float.intBitsToFloat(buffer.getShort(2 * i) << 16);
        }
        return numbers;
    }
}
