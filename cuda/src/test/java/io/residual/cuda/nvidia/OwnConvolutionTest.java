package io.residual.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.HostDevice;
import io.residual.cuda.device.HostDevice.Order;
import io.residual.cuda.device.HostDevice.Side;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.Window.Axis;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
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
                compare(tiling);
            }
        }
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

    private static void compare(Tiling tiling) {
        ConvolutionShape shape = tiling.shape();
        try (HostDevice device = new HostDevice(Order.RANDOM, Side.AT_ONCE)) {
            List<short[]> arrays = random(shape);
            int computed = tiling.pass() == Pass.FORWARD ? 2 : tiling.pass() == Pass.BACKWARD_DATA ? 0 : 1;
            long[] places = new long[3];
            for (int i = 0; i < 3; i++) {
                places[i] = upload(device, arrays.get(i));
            }
            device.convolution(shape, tiling.pass(), Format.BF16).run(places[0], places[1], places[2]);
            float[] expected = download(device, places[computed], arrays.get(computed).length);
            upload(device, unset(expected.length), places[computed]);
            OwnConvolution own = new OwnConvolution(tiling, device::compile);
            long workspace = own.workspace() == 0 ? 0 : device.allocate(own.workspace());
            own.run(places[0], places[1], places[2], workspace);
            float[] got = download(device, places[computed], expected.length);
            close(tiling, got, expected);
        }
    }

    /** Sums of products that are exact in 32 bits, rounded to 8 bits: at most one unit in the last place apart. */
    private static void close(Tiling tiling, float[] got, float[] expected) {
        float largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, expected[i]);
            if (!(Math.abs(got[i] - expected[i]) <= Math.abs(expected[i]) / 128 + 1e-6)) {
                throw new AssertionError(tiling + ": " + i + " is " + got[i] + " instead of " + expected[i]);
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
