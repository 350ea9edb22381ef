package io.residual.onednn.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;

class ChannelStatisticsTest {
    /** Odd sizes, one row, a row longer than a tile, several segments. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 7", "49, 3", "1000, 64", "129, 512", "33, 1500", "200704, 8", "70001, 24"})
    void mean_and_variance_are_those_in_double_precision(int rows, int channels) {
        float[] values = backgroundAndNoise(rows, channels);
        double[][] expected = inDouble(values, rows, channels);
        float[][] actual = statistics(values, rows, channels);

        for (int c = 0; c < channels; c++) {
            double scale = Math.abs(expected[0][c]) + Math.sqrt(expected[1][c]);
            assertThat((double) actual[0][c]).isCloseTo(expected[0][c], within(3e-7 * scale));
            assertThat((double) actual[1][c]).isCloseTo(expected[1][c], within(5e-7 * expected[1][c]));
        }
    }

    @Test
    void the_result_does_not_depend_on_the_number_of_threads() {
        float[] values = backgroundAndNoise(200_704, 24);
        int before = Nd4j.getEnvironment().maxThreads();
        try {
            Nd4j.getEnvironment().setMaxThreads(1);
            float[][] one = statistics(values, 200_704, 24);
            for (int threads : new int[] {2, 4}) {
                Nd4j.getEnvironment().setMaxThreads(threads);
                assertThat(statistics(values, 200_704, 24)).isDeepEqualTo(one);
            }
        } finally {
            Nd4j.getEnvironment().setMaxThreads(before);
        }
    }

    @Test
    void nan_and_infinity_reach_the_statistics_of_their_channel_alone() {
        float[] values = backgroundAndNoise(5000, 3);
        values[3 * 4000] = Float.NaN;
        values[3 * 4000 + 1] = Float.POSITIVE_INFINITY;
        float[][] actual = statistics(values, 5000, 3);

        assertThat(actual[0][0]).isNaN();
        assertThat(actual[1][0]).isNaN();
        assertThat(Float.isFinite(actual[0][1])).isFalse();
        assertThat(actual[1][1]).isNaN();
        assertThat(actual[0][2]).isFinite();
        assertThat(actual[1][2]).isFinite();
    }

    /** Half of the rows hold one value for each channel, far from 0 for its deviation. */
    private static float[] backgroundAndNoise(int rows, int channels) {
        Random random = new Random(rows * 31L + channels);
        float[] values = new float[rows * channels];
        for (int i = 0; i < values.length; i++) {
            int channel = i % channels;
            values[i] = (i / channels) % 2 == 0 ? 0.1f + channel : (float) (0.3 * random.nextGaussian() + channel);
        }
        return values;
    }

    private static float[][] statistics(float[] values, int rows, int channels) {
        try (FloatPointer array = new FloatPointer(values);
                FloatPointer mean = new FloatPointer((long) channels);
                FloatPointer variance = new FloatPointer((long) channels)) {
            ChannelStatistics.write(array, rows, channels, mean, variance);
            float[][] result = new float[2][channels];
            mean.get(result[0]);
            variance.get(result[1]);
            return result;
        }
    }

    private static double[][] inDouble(float[] values, int rows, int channels) {
        double[][] result = new double[2][channels];
        for (int i = 0; i < values.length; i++) {
            result[0][i % channels] += (double) values[i] / rows;
        }
        for (int i = 0; i < values.length; i++) {
            double deviation = values[i] - result[0][i % channels];
            result[1][i % channels] += deviation * deviation / rows;
        }
        return result;
    }
}
