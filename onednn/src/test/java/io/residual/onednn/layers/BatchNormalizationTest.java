package io.residual.onednn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.onednn.kernels.Epilogue;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class BatchNormalizationTest {
    /** The largest difference measured is 3e-7 of the largest value; means of 168 values in 32 bits. */
    private static final double TOLERANCE = 3e-6;

    private static final int CHANNELS = 5;

    @BeforeEach
    void sameNumbersEachTime() {
        Nd4j.getRandom().setSeed(20);
    }

    static Stream<BatchNormalization> settings() {
        return Stream.of(
                builder().useLogStd(false).build(),
                builder().useLogStd(true).build(),
                builder().useLogStd(false).decay(0.6).eps(1e-2).build());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void a_normalization_equals_the_stock_layer_in_double_precision(BatchNormalization stock) {
        var image = Nd4j.randn(DataType.FLOAT, 4, CHANNELS, 7, 6).muli(3).addi(2);
        var epsilon = Nd4j.randn(DataType.FLOAT, 4, CHANNELS, 7, 6);
        var parameters = parameters();

        var expected = LayerRun.of(stock, DataType.DOUBLE, parameters, image, epsilon);
        var ours = new OneDnnBatchNormalization(stock, RunningVariance.BIASED, Epilogue.NONE);
        LayerRun.of(ours, DataType.FLOAT, parameters, image, epsilon).assertCloseTo(expected, TOLERANCE);
    }

    @Test
    void with_relu_it_equals_the_stock_layer_followed_by_relu() {
        var stock = builder().useLogStd(false).build();
        var image = Nd4j.randn(DataType.FLOAT, 3, CHANNELS, 5, 9);
        var epsilon = Nd4j.randn(DataType.FLOAT, 3, CHANNELS, 5, 9);
        var parameters = parameters();

        var before =
                LayerRun.of(stock, DataType.DOUBLE, parameters, image, epsilon).output();
        var open = before.gt(0).castTo(DataType.DOUBLE);
        var expected = LayerRun.of(
                stock,
                DataType.DOUBLE,
                parameters,
                image,
                epsilon.castTo(DataType.DOUBLE).mul(open));
        var ours = new OneDnnBatchNormalization(stock, RunningVariance.BIASED, Epilogue.RELU);
        LayerRun.of(ours, DataType.FLOAT, parameters, image, epsilon)
                .assertCloseTo(
                        new LayerRun(
                                Transforms.relu(expected.output()),
                                Transforms.relu(expected.inference()),
                                expected.inputGradient(),
                                expected.gradients()),
                        TOLERANCE);
    }

    @Test
    void the_unbiased_running_variance_divides_by_one_less() {
        var image = Nd4j.createFromArray(1f, 2f, 4f, 9f).reshape(2, 1, 1, 2);
        var settings = new BatchNormalization.Builder()
                .name("bn")
                .nIn(1)
                .nOut(1)
                .useLogStd(false)
                .build();
        var parameters = Nd4j.createFromArray(1f, 0f, 0f, 1f);

        var biased = run(settings, RunningVariance.BIASED, parameters, image);
        var unbiased = run(settings, RunningVariance.UNBIASED, parameters, image);

        // Squared deviations from the mean of 4: 9 + 4 + 0 + 25 = 38. Update = 0.1 * (1 - variance).
        assertThat(biased.gradients().get("var").getDouble(0)).isCloseTo(0.1 * (1 - 38 / 4.0), within(1e-6));
        assertThat(unbiased.gradients().get("var").getDouble(0)).isCloseTo(0.1 * (1 - 38 / 3.0), within(1e-6));
        assertThat(unbiased.gradients().get("mean").getDouble(0)).isCloseTo(0.1 * (0 - 4), within(1e-6));
        assertThat(unbiased.output()).isEqualTo(biased.output());
    }

    @Test
    void a_single_value_per_channel_keeps_the_unbiased_running_variance_finite() {
        var settings = new BatchNormalization.Builder()
                .name("bn")
                .nIn(2)
                .nOut(2)
                .useLogStd(false)
                .build();
        var parameters = Nd4j.createFromArray(1f, 1f, 0f, 0f, 0f, 0f, 1f, 1f);
        var image = Nd4j.createFromArray(3f, -5f).reshape(1, 2, 1, 1);

        var run = run(settings, RunningVariance.UNBIASED, parameters, image);

        assertThat(run.gradients().get("var").toDoubleVector()).containsExactly(new double[] {0.1, 0.1}, within(1e-7));
    }

    private static LayerRun run(
            BatchNormalization settings, RunningVariance variance, INDArray parameters, INDArray image) {
        var ours = new OneDnnBatchNormalization(settings, variance, Epilogue.NONE);
        return LayerRun.of(ours, DataType.FLOAT, parameters, image, Nd4j.ones(DataType.FLOAT, image.shape()));
    }

    private static BatchNormalization.Builder builder() {
        return new BatchNormalization.Builder().name("bn").nIn(CHANNELS).nOut(CHANNELS);
    }

    /** gamma, beta, running mean, running variance or log10 of the deviation: all different, variances positive. */
    private static INDArray parameters() {
        return Nd4j.concat(
                0,
                Nd4j.createFromArray(0.5f, -1f, 2f, 1f, 1.5f),
                Nd4j.createFromArray(0.1f, 0.2f, -0.3f, 0f, 1f),
                Nd4j.createFromArray(1f, 2f, 3f, -1f, 0f),
                Nd4j.createFromArray(0.4f, 1f, 0.2f, 0.1f, 0.7f));
    }
}
