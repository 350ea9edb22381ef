package io.residual.onednn.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.residual.onednn.kernels.RoundedRows.ChannelFactors;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Against double precision and the definition of bfloat16: the upper half of a binary32. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class RoundedRowsTest {
    private static final int ROWS = 333;
    private static final int CHANNELS = 48;
    private static final int COUNT = ROWS * CHANNELS;
    /** Half of the last bit. */
    private static final double ROUNDING = 1.0 / 256;

    private static RoundedRows rows;

    @BeforeAll
    static void make() {
        assumeTrue(Precision.BF16.supportedHere() == Precision.BF16);
        rows = new RoundedRows(ROWS, CHANNELS);
    }

    private static ShortPointer area(float... numbers) {
        short[] rounded = new short[COUNT];
        for (int i = 0; i < numbers.length; i++) {
            rounded[i] = (short) (Float.floatToRawIntBits(numbers[i]) >>> 16);
        }
        ShortPointer area = aligned();
        area.put(rounded);
        return area;
    }

    private static ShortPointer aligned() {
        BytePointer memory = PrimitiveCache.allocate(COUNT * 4L);
        return new ShortPointer(PrimitiveCache.aligned(memory));
    }

    private static float[] numbers(ShortPointer area) {
        short[] rounded = new short[COUNT];
        area.get(rounded);
        float[] numbers = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            numbers[i] = Float.intBitsToFloat(rounded[i] << 16);
        }
        return numbers;
    }

    private static float[] random(int seed) {
        Random random = new Random(seed);
        float[] numbers = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            float number = (float) (random.nextGaussian() * (1 + i % CHANNELS) + i % 7);
            numbers[i] = Float.intBitsToFloat(Float.floatToRawIntBits(number) & 0xffff0000);
        }
        return numbers;
    }

    private static ChannelFactors factors() {
        ChannelFactors factors = new ChannelFactors(CHANNELS);
        for (int c = 0; c < CHANNELS; c++) {
            factors.mean().put(c, 0.3f + c / 10f);
            factors.scale().put(c, 1f / (3 + c));
            factors.shift().put(c, c / 40f - 0.5f);
        }
        return factors;
    }

    @Test
    void numbers_are_rounded_to_the_nearest_ties_to_even() {
        float[] given = new float[COUNT];
        float[] some = {
            1 + 0x1p-8f, 1 + 3 * 0x1p-8f, -1 - 0x1p-8f, 1.004f, 3.4e38f, Float.NaN, Float.NEGATIVE_INFINITY, -0f, 1e-30f
        };
        System.arraycopy(some, 0, given, 0, some.length);
        FloatPointer floats = new FloatPointer(aligned());
        floats.put(given);
        ShortPointer area = aligned();

        rows.toBfloat16(floats, area);
        rows.toFloat(area, floats);

        float[] back = new float[some.length];
        floats.get(back);
        assertThat(back[0]).isEqualTo(1f);
        assertThat(back[1]).isEqualTo(1.015625f);
        assertThat(back[2]).isEqualTo(-1f);
        assertThat(back[3]).isEqualTo(1.0078125f);
        assertThat(back[4]).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(Float.isNaN(back[5])).isTrue();
        assertThat(back[6]).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(back[7]).isEqualTo(-0f);
        assertThat(back[8]).isCloseTo(1e-30f, within(1e-32f));
    }

    @Test
    void rows_are_normalized_and_rectified_by_channel() {
        float[] given = random(1);
        ShortPointer to = aligned();
        ChannelFactors by = factors();

        rows.normalizeAndRelu(area(given), by, to);

        float[] actual = numbers(to);
        for (int i = 0; i < COUNT; i++) {
            int c = i % CHANNELS;
            double value = ((double) given[i] - by.mean().get(c)) * by.scale().get(c)
                    + by.shift().get(c);
            assertThat((double) actual[i]).isCloseTo(Math.max(0, value), within(Math.abs(value) * ROUNDING + 1e-6));
        }
    }

    @Test
    void moments_are_those_of_each_channel() {
        float[] given = random(2);
        FloatPointer mean = new FloatPointer(CHANNELS);
        FloatPointer variance = new FloatPointer(CHANNELS);

        rows.moments(area(given), mean, variance);

        for (int c = 0; c < CHANNELS; c++) {
            double[] column = column(given, c);
            double expected = Arrays.stream(column).average().orElseThrow();
            double squares = Arrays.stream(column)
                    .map(x -> (x - expected) * (x - expected))
                    .sum();
            assertThat((double) mean.get(c)).isCloseTo(expected, within(1e-4));
            assertThat((double) variance.get(c)).isCloseTo(squares / ROWS, within(1e-5 * squares / ROWS));
        }
    }

    private static double[] column(float[] numbers, int channel) {
        double[] column = new double[ROWS];
        for (int row = 0; row < ROWS; row++) {
            column[row] = numbers[row * CHANNELS + channel];
        }
        return column;
    }

    @Test
    void sums_of_gradients_are_those_of_each_channel() {
        float[] gradient = random(3);
        float[] values = random(4);
        FloatPointer sums = new FloatPointer(CHANNELS);
        FloatPointer products = new FloatPointer(CHANNELS);
        ChannelFactors by = factors();

        rows.gradientSums(area(gradient), area(values), by.mean(), sums, products);

        for (int c = 0; c < CHANNELS; c++) {
            double[] ofGradient = column(gradient, c);
            double[] ofValues = column(values, c);
            double sum = 0;
            double product = 0;
            double size = 0;
            for (int row = 0; row < ROWS; row++) {
                sum += ofGradient[row];
                double each = ofGradient[row] * (ofValues[row] - by.mean().get(c));
                product += each;
                size += Math.abs(each);
            }
            assertThat((double) sums.get(c)).isCloseTo(sum, within(1e-2));
            assertThat((double) products.get(c)).isCloseTo(product, within(1e-5 * size));
        }
    }

    @Test
    void a_sum_is_rounded_once_and_a_mask_does_not_round() {
        float[] left = random(5);
        float[] right = random(6);
        ShortPointer sum = aligned();
        ShortPointer masked = area(left);

        rows.add(area(left), area(right), sum);
        rows.mask(masked, area(right), masked);

        float[] sums = numbers(sum);
        float[] open = numbers(masked);
        for (int i = 0; i < COUNT; i++) {
            double exact = (double) left[i] + right[i];
            assertThat((double) sums[i]).isCloseTo(exact, within(Math.abs(exact) * ROUNDING));
            assertThat(open[i]).isEqualTo(right[i] > 0 ? left[i] : 0f);
        }
    }
}
