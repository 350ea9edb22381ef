package io.residual.onednn.layers;

import java.util.List;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PoolingTest {
    /** Maxima are exact, averages are of at most 72 values in 32 bits. */
    private static final double TOLERANCE = 1e-6;

    @BeforeEach
    void sameNumbersEachTime() {
        Nd4j.getRandom().setSeed(20);
    }

    static List<SubsamplingLayer> settings() {
        return List.of(
                max().kernelSize(3, 3).stride(2, 2).padding(1, 1).build(),
                max().kernelSize(2, 3).stride(1, 2).build(),
                max().kernelSize(3, 2)
                        .stride(2, 2)
                        .convolutionMode(ConvolutionMode.Same)
                        .build(),
                average().kernelSize(2, 2).stride(2, 2).build(),
                average().kernelSize(3, 3).stride(2, 1).padding(1, 1).build(),
                average()
                        .kernelSize(3, 3)
                        .stride(2, 1)
                        .padding(1, 1)
                        .avgPoolIncludePadInDivisor(true)
                        .build(),
                average()
                        .kernelSize(3, 3)
                        .stride(2, 2)
                        .convolutionMode(ConvolutionMode.Same)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void a_pooling_equals_the_stock_layer_in_double_precision(SubsamplingLayer stock) {
        var image = Nd4j.randn(DataType.FLOAT, 3, 4, 9, 8);
        compare(stock, new OneDnnSubsampling(stock), image);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_global_average_equals_the_stock_layer_in_double_precision(boolean collapse) {
        var stock = new GlobalPoolingLayer.Builder(PoolingType.AVG)
                .collapseDimensions(collapse)
                .build();
        compare(stock, new OneDnnGlobalPooling(stock), Nd4j.randn(DataType.FLOAT, 3, 4, 9, 8));
    }

    @Test
    void of_equal_maxima_one_gets_the_whole_gradient_as_in_the_stock_layer() {
        var stock = max().kernelSize(2, 2).stride(2, 2).build();
        var flat = Nd4j.ones(DataType.FLOAT, 1, 1, 4, 4);
        var epsilon = Nd4j.createFromArray(1f, 2f, 3f, 4f).reshape(1, 1, 2, 2);

        var expected = LayerRun.of(stock, DataType.DOUBLE, null, flat, epsilon);
        LayerRun.of(new OneDnnSubsampling(stock), DataType.FLOAT, null, flat, epsilon)
                .assertCloseTo(expected, 0);
    }

    private static void compare(Layer stock, Layer ours, INDArray image) {
        var out = stock.getOutputType(0, InputType.convolutional(image.size(2), image.size(3), image.size(1)));
        var epsilon = Nd4j.randn(DataType.FLOAT, withExamples(image.size(0), out.getShape()));
        var expected = LayerRun.of(stock, DataType.DOUBLE, null, image, epsilon);
        LayerRun.of(ours, DataType.FLOAT, null, image, epsilon).assertCloseTo(expected, TOLERANCE);
    }

    private static long[] withExamples(long examples, long[] shape) {
        return LongStream.concat(LongStream.of(examples), LongStream.of(shape)).toArray();
    }

    private static SubsamplingLayer.Builder max() {
        return new SubsamplingLayer.Builder(PoolingType.MAX).name("pool").convolutionMode(ConvolutionMode.Truncate);
    }

    private static SubsamplingLayer.Builder average() {
        return new SubsamplingLayer.Builder(PoolingType.AVG).name("pool").convolutionMode(ConvolutionMode.Truncate);
    }
}
