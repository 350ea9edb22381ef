package io.residual.onednn.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import io.residual.onednn.kernels.FusedConvolution.Addend;
import io.residual.onednn.kernels.FusedConvolution.Algorithm;
import io.residual.onednn.kernels.FusedConvolution.Constants;
import io.residual.onednn.kernels.FusedConvolution.Settings;
import io.residual.onednn.kernels.WinogradGradient.Target;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against plain loops in double precision, and against oneDNN's own convolutions. */
class WinogradConvolutionTest {
    /** Of the largest result: measured 2e-6. */
    private static final double ROUNDING = 4e-6;

    /** Images, in and out channels, height and width. */
    record Size(int images, int in, int out, int height, int width) {
        ConvolutionShape shape(ConvolutionShape.Bias bias) {
            return ConvolutionShape.of(
                    new Nhwc.Dims(images, in, height, width),
                    new Nhwc.Dims(images, out, height, width),
                    new ConvolutionShape.Window(axis(height), axis(width)),
                    bias,
                    Precision.F32);
        }

        private static ConvolutionShape.Axis axis(int cells) {
            return new ConvolutionShape.Axis(3, 1, 1, 1, 1, cells);
        }

        int positions() {
            return images * height * width;
        }
    }

    static List<Size> sizes() {
        return List.of(
                new Size(4, 16, 24, 5, 6),
                new Size(1, 64, 16, 25, 7),
                new Size(3, 40, 16, 8, 9),
                new Size(2, 17, 65, 11, 13),
                new Size(1, 128, 64, 12, 24),
                new Size(19, 32, 16, 7, 7),
                new Size(11, 256, 128, 6, 6),
                new Size(35, 128, 64, 3, 3),
                new Size(70, 16, 16, 4, 4));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void results_and_gradients_of_the_input_are_exact_to_rounding(Size size) {
        float[] weights = random(size.in * size.out * 9, 1);
        float[] image = random(size.positions() * size.in, 2);
        float[] bias = random(size.out, 3);
        float[] delta = random(size.positions() * size.out, 4);

        assertClose(run(size, Direction.FORWARD, weights, image, bias), forward(size, weights, image, bias));
        assertClose(
                run(size, Direction.BACKWARD_DATA, weights, delta, new float[0]), inputGradient(size, weights, delta));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void gradients_of_weights_and_biases_are_exact_to_rounding_and_are_added_up(Size size) {
        float[] image = random(size.positions() * size.in, 2);
        float[] delta = random(size.positions() * size.out, 4);
        WinogradGradient gradient = new WinogradGradient(size.shape(ConvolutionShape.Bias.PRESENT));
        FloatPointer points = new FloatPointer(gradient.layout().get_size() / Float.BYTES);
        FloatPointer weights = new FloatPointer((long) size.in * size.out * 9);
        FloatPointer bias = new FloatPointer((long) size.out);
        double[] expected = weightGradient(size, image, delta);

        gradient.run(new FloatPointer(image), new FloatPointer(delta), points, Target.OVERWRITTEN, bias);
        gradient.finish(points, weights);
        assertClose(numbers(weights), expected);
        assertClose(numbers(bias), biasGradient(size, delta));

        gradient.run(new FloatPointer(image), new FloatPointer(delta), points, Target.ADDED_TO, bias);
        gradient.finish(points, weights);
        assertClose(
                numbers(weights), Arrays.stream(expected).map(each -> 2 * each).toArray());
        assertClose(numbers(bias), biasGradient(size, delta));
    }

    private static double[] weightGradient(Size size, float[] image, float[] delta) {
        double[] gradient = new double[size.in * size.out * 9];
        eachTap(size, (in, to, tap) -> {
            for (int c = 0; c < size.in; c++) {
                for (int k = 0; k < size.out; k++) {
                    gradient[(k * size.in + c) * 9 + tap] +=
                            (double) delta[to * size.out + k] * image[in * size.in + c];
                }
            }
        });
        return gradient;
    }

    private static double[] biasGradient(Size size, float[] delta) {
        double[] gradient = new double[size.out];
        for (int i = 0; i < delta.length; i++) {
            gradient[i % size.out] += delta[i];
        }
        return gradient;
    }

    private static float[] run(Size size, Direction pass, float[] weights, float[] from, float[] bias) {
        boolean isForward = pass == Direction.FORWARD;
        try (WinogradConvolution convolution = WinogradConvolution.of(
                        size.shape(bias.length == 0 ? ConvolutionShape.Bias.ABSENT : ConvolutionShape.Bias.PRESENT),
                        pass);
                BytePointer prepared =
                        PrimitiveCache.allocate(convolution.layout().get_size());
                FloatPointer to = new FloatPointer((long) size.positions() * (isForward ? size.out : size.in))) {
            Pointer matrices = PrimitiveCache.aligned(prepared);
            convolution.prepare(new FloatPointer(weights), matrices);
            convolution.run(new FloatPointer(from), matrices, bias.length == 0 ? null : new FloatPointer(bias), to);
            return numbers(to);
        }
    }

    private static float[] numbers(FloatPointer from) {
        float[] numbers = new float[Math.toIntExact(from.capacity())];
        from.get(numbers);
        return numbers;
    }

    private static double[] forward(Size size, float[] weights, float[] image, float[] bias) {
        double[] out = new double[size.positions() * size.out];
        for (int i = 0; i < out.length; i++) {
            out[i] = bias[i % size.out];
        }
        eachTap(size, (in, to, tap) -> {
            for (int c = 0; c < size.in; c++) {
                for (int k = 0; k < size.out; k++) {
                    out[to * size.out + k] += (double) image[in * size.in + c] * weights[(k * size.in + c) * 9 + tap];
                }
            }
        });
        return out;
    }

    private static double[] inputGradient(Size size, float[] weights, float[] delta) {
        double[] gradient = new double[size.positions() * size.in];
        eachTap(size, (in, to, tap) -> {
            for (int c = 0; c < size.in; c++) {
                for (int k = 0; k < size.out; k++) {
                    gradient[in * size.in + c] +=
                            (double) delta[to * size.out + k] * weights[(k * size.in + c) * 9 + tap];
                }
            }
        });
        return gradient;
    }

    private interface Tap {
        void at(int in, int out, int tap);
    }

    private static void eachTap(Size size, Tap tap) {
        for (int out = 0; out < size.positions(); out++) {
            int y = out / size.width % size.height;
            int x = out % size.width;
            for (int t = 0; t < 9; t++) {
                int row = y + t / 3 - 1;
                int column = x + t % 3 - 1;
                if (row >= 0 && row < size.height && column >= 0 && column < size.width) {
                    tap.at(out + (t / 3 - 1) * size.width + t % 3 - 1, out, t);
                }
            }
        }
    }

    private static void assertClose(float[] actual, double[] expected) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        double distance = IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(actual[i] - expected[i]))
                .max()
                .orElseThrow();
        assertThat(distance / largest).isLessThan(ROUNDING);
        assertThat(actual).hasSameSizeAs(expected);
    }

    private static float[] random(int count, int seed) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static final Size FASTER = new Size(5, 64, 128, 13, 11);

    @ParameterizedTest
    @EnumSource(Epilogue.class)
    void in_inference_addends_biases_and_relu_are_those_of_the_direct_kernel(Epilogue epilogue) {
        float[] image = random(FASTER.positions() * FASTER.in, 2);
        for (Optional<Addend> addend : List.of(Optional.<Addend>empty(), Optional.of(new Addend(NumberType.F32, 1)))) {
            Settings settings = new Settings(
                    FASTER.shape(ConvolutionShape.Bias.PRESENT), NumberType.F32, NumberType.F32, addend, epilogue);

            FusedConvolution winograd = FusedConvolution.of(settings, Algorithm.FASTEST);
            FusedConvolution direct = FusedConvolution.of(settings, Algorithm.DIRECT);

            assertThat(winograd).isInstanceOf(WinogradFusedConvolution.class);
            assertThat(direct).isInstanceOf(DirectFusedConvolution.class);
            float[] expected = run(direct, image);
            assertClose(
                    run(winograd, image),
                    IntStream.range(0, expected.length)
                            .mapToDouble(i -> expected[i])
                            .toArray());
        }
    }

    private static float[] run(FusedConvolution kernel, float[] image) {
        BytePointer prepared = kernel.prepare(random(FASTER.in * FASTER.out * 9, 1));
        Pointer bias = new FloatPointer(kernel.perChannel(random(FASTER.out, 3)));
        FloatPointer out = new FloatPointer(random(FASTER.positions() * FASTER.out, 5));
        kernel.run(
                new FloatPointer(image),
                new Constants(FusedConvolution.address(prepared), bias, null, null, null),
                out);
        kernel.close();
        return numbers(out.capacity((long) FASTER.positions() * FASTER.out));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void what_is_not_finite_in_direct_convolutions_is_not_finite_and_stays_within_its_image(float value) {
        float[] image = random(FASTER.positions() * FASTER.in, 2);
        Settings settings = new Settings(
                FASTER.shape(ConvolutionShape.Bias.PRESENT),
                NumberType.F32,
                NumberType.F32,
                Optional.empty(),
                Epilogue.RELU);
        float[] before = run(FusedConvolution.of(settings, Algorithm.FASTEST), image);
        int perImage = FASTER.height * FASTER.width;
        image[(4 * perImage + 3 * FASTER.width + 5) * FASTER.in + 7] = value;

        float[] winograd = run(FusedConvolution.of(settings, Algorithm.FASTEST), image);
        float[] direct = run(FusedConvolution.of(settings, Algorithm.DIRECT), image);

        int first = 4 * perImage * FASTER.out;
        int end = 5 * perImage * FASTER.out;
        for (int i = 0; i < winograd.length; i++) {
            if (i < first || i >= end) {
                assertThat(winograd[i]).isEqualTo(before[i]);
            } else if (!Float.isFinite(direct[i])) {
                assertThat(winograd[i]).isNotFinite();
            }
        }
        assertThat(IntStream.range(first, end).filter(i -> !Float.isFinite(winograd[i])))
                .isNotEmpty();
    }

    @Test
    void it_is_taken_for_enough_tiles_and_channels_of_three_by_three_at_stride_one() {
        assertThat(isFaster(FASTER)).isTrue();
        assertThat(isFaster(new Size(5, 32, 512, 13, 11))).as("few channels").isFalse();
        assertThat(isFaster(new Size(1, 128, 128, 12, 12))).as("few tiles").isFalse();
        assertThat(isFaster(new Size(64, 64, 64, 7, 7))).as("few products").isFalse();
        assertThat(isFaster(new Size(64, 1024, 512, 3, 3))).as("many weights").isFalse();
        ConvolutionShape.Axis strided = new ConvolutionShape.Axis(3, 2, 1, 1, 0, 12);
        assertThat(WinogradConvolution.isFaster(ConvolutionShape.of(
                        new Nhwc.Dims(4, 64, 24, 24),
                        new Nhwc.Dims(4, 64, 12, 12),
                        new ConvolutionShape.Window(strided, strided),
                        ConvolutionShape.Bias.ABSENT,
                        Precision.F32)))
                .as("stride 2")
                .isFalse();
    }

    private static boolean isFaster(Size size) {
        return WinogradConvolution.isFaster(size.shape(ConvolutionShape.Bias.ABSENT));
    }
}
