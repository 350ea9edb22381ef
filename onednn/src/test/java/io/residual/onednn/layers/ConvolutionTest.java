package io.residual.onednn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.residual.onednn.kernels.Precision;
import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ConvolutionTest {
    /** Sums of at most 800 products in 32 bits; the largest difference measured is 8e-7 of the largest value. */
    private static final double TOLERANCE = 3e-6;

    @BeforeEach
    void sameNumbersEachTime() {
        Nd4j.getRandom().setSeed(20);
    }

    static List<ConvolutionLayer.Builder> settings() {
        return List.of(
                convolution(3, 3).padding(1, 1),
                convolution(3, 3).padding(1, 1).hasBias(false),
                convolution(3, 3).padding(1, 1).activation(Activation.RELU),
                convolution(7, 7).stride(2, 2).padding(3, 3),
                convolution(1, 1).stride(2, 2),
                convolution(1, 1),
                convolution(3, 2).stride(1, 3).padding(2, 0),
                convolution(2, 3).stride(3, 2).hasBias(false).activation(Activation.RELU),
                convolution(3, 3).dilation(2, 2).padding(2, 2),
                convolution(3, 2).dilation(1, 3),
                convolution(3, 3).convolutionMode(ConvolutionMode.Same),
                convolution(4, 2).stride(2, 3).convolutionMode(ConvolutionMode.Same),
                convolution(3, 3).dilation(2, 1).convolutionMode(ConvolutionMode.Same));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void a_convolution_equals_the_stock_layer_in_double_precision(ConvolutionLayer.Builder settings) {
        for (int channels : new int[] {1, 3, 16}) {
            var stock = layer(settings, channels, 5);
            var image = Nd4j.randn(DataType.FLOAT, 3, channels, 11, 8);
            var epsilon = epsilonFor(stock, image);
            var parameters = parametersOf(stock);

            var expected = LayerRun.of(stock, DataType.DOUBLE, parameters, image, epsilon);
            LayerRun.of(ours(stock), DataType.FLOAT, parameters, image, epsilon).assertCloseTo(expected, TOLERANCE);
        }
    }

    static List<ConvolutionLayer.Builder> settingsForTinyImages() {
        return List.of(
                convolution(3, 3).padding(1, 1),
                convolution(3, 3).padding(1, 1).stride(2, 2).hasBias(false),
                convolution(7, 7).padding(3, 3).stride(2, 2),
                convolution(5, 3).padding(4, 2),
                convolution(3, 5).convolutionMode(ConvolutionMode.Same),
                convolution(3, 3).padding(3, 2).dilation(3, 2));
    }

    @ParameterizedTest
    @MethodSource("settingsForTinyImages")
    void tiny_images_equal_the_stock_layer_in_double_precision(ConvolutionLayer.Builder settings) {
        for (int[] size : new int[][] {{3, 1, 1}, {3, 2, 2}, {17, 2, 2}, {3, 1, 3}, {18, 3, 1}, {17, 4, 2}}) {
            var stock = layer(settings, 4, 6);
            var image = Nd4j.randn(DataType.FLOAT, size[0], 4, size[1], size[2]);
            var epsilon = epsilonFor(stock, image);
            var parameters = parametersOf(stock);

            var expected = LayerRun.of(stock, DataType.DOUBLE, parameters, image, epsilon);
            LayerRun.of(ours(stock), DataType.FLOAT, parameters, image, epsilon).assertCloseTo(expected, TOLERANCE);
        }
    }

    static List<ConvolutionLayer.Builder> settingsForImagesSideBySide() {
        return List.of(
                convolution(3, 3).padding(1, 1),
                convolution(3, 3).padding(1, 1).hasBias(false).activation(Activation.RELU),
                convolution(3, 2).convolutionMode(ConvolutionMode.Same),
                convolution(5, 3).padding(2, 1),
                convolution(1, 3).padding(0, 2).dilation(1, 2));
    }

    @ParameterizedTest
    @MethodSource("settingsForImagesSideBySide")
    void images_side_by_side_equal_the_stock_layer_in_double_precision(ConvolutionLayer.Builder settings) {
        for (int[] size : new int[][] {{9, 3, 3}, {8, 2, 3}, {10, 1, 3}}) {
            var stock = layer(settings, 64, 65);
            var image = rounded(Nd4j.randn(DataType.FLOAT, size[0], 64, size[1], size[2]));
            var epsilon = rounded(epsilonFor(stock, image));
            var parameters = rounded(parametersOf(stock));

            var expected = LayerRun.of(stock, DataType.DOUBLE, parameters, image, epsilon);
            LayerRun.of(ours(stock), DataType.FLOAT, parameters, image, epsilon).assertCloseTo(expected, TOLERANCE);
            var bf16 = new OneDnnConvolution(stock, Precision.BF16, InputGradient.NEEDED);
            LayerRun.of(bf16, DataType.FLOAT, parameters, image, epsilon).assertCloseTo(expected, TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void bf16_rounds_the_factors_only(ConvolutionLayer.Builder settings) {
        var stock = layer(settings, 16, 5);
        var image = rounded(Nd4j.randn(DataType.FLOAT, 3, 16, 11, 8));
        var epsilon = rounded(epsilonFor(stock, image));
        var parameters = rounded(parametersOf(stock));

        // The products of rounded factors are exact in 32 bits.
        var expected = LayerRun.of(stock, DataType.DOUBLE, parameters, image, epsilon);
        var ours = new OneDnnConvolution(stock, Precision.BF16, InputGradient.NEEDED);
        LayerRun.of(ours, DataType.FLOAT, parameters, image, epsilon).assertCloseTo(expected, TOLERANCE);
    }

    @Test
    void bf16_is_in_use_where_the_processor_has_it_and_the_convolution_is_large_enough() {
        assumeThat(Precision.BF16.supportedHere()).isEqualTo(Precision.BF16);
        for (int channels : new int[] {15, 16}) {
            var stock = layer(convolution(3, 3).padding(1, 1), channels, 8);
            var image = Nd4j.randn(DataType.FLOAT, 3, channels, 6, 7);
            var epsilon = epsilonFor(stock, image);
            var parameters = parametersOf(stock);

            var exact = LayerRun.of(ours(stock), DataType.FLOAT, parameters, image, epsilon);
            var ours = new OneDnnConvolution(stock, Precision.BF16, InputGradient.NEEDED);
            var actual = LayerRun.of(ours, DataType.FLOAT, parameters, image, epsilon);

            boolean rounds = channels == 16;
            assertThat(actual.output().equals(exact.output())).isEqualTo(!rounds);
            assertThat(actual.inputGradient().equals(exact.inputGradient())).isEqualTo(!rounds);
            assertThat(actual.gradients().equals(exact.gradients())).isEqualTo(!rounds);
            // 8 bits of mantissa, and errors that partly cancel.
            actual.assertCloseTo(exact, 1e-2);
        }
    }

    private static INDArray rounded(INDArray array) {
        return array.castTo(DataType.BFLOAT16).castTo(DataType.FLOAT);
    }

    @Test
    void inputs_and_gradients_of_any_memory_layout_give_the_same_result() {
        var stock = layer(convolution(3, 3).stride(2, 1).padding(1, 0), 3, 4);
        var image = Nd4j.randn(DataType.FLOAT, 2, 3, 6, 7);
        var epsilon = epsilonFor(stock, image);
        var parameters = parametersOf(stock);
        var expected = LayerRun.of(ours(stock), DataType.FLOAT, parameters, image, epsilon);

        var transposed = image.permute(3, 2, 1, 0).dup('c').permute(3, 2, 1, 0);
        var viewOfLarger =
                Nd4j.concat(0, epsilon, epsilon).get(NDArrayIndex.interval(epsilon.size(0), 2 * epsilon.size(0)));
        assertThat(viewOfLarger.offset()).isPositive();
        var actual = LayerRun.of(ours(stock), DataType.FLOAT, parameters, transposed, viewOfLarger);

        assertThat(actual.output()).isEqualTo(expected.output());
        assertThat(actual.inputGradient()).isEqualTo(expected.inputGradient());
        assertThat(actual.gradients()).isEqualTo(expected.gradients());
    }

    @Test
    void the_shape_that_the_graph_sees_is_nchw_and_the_memory_is_nhwc() {
        var stock = layer(convolution(3, 3), 2, 5);
        var image = Nd4j.randn(DataType.FLOAT, 2, 2, 6, 7);
        var run = LayerRun.of(ours(stock), DataType.FLOAT, parametersOf(stock), image, epsilonFor(stock, image));

        assertThat(run.inputGradient().shape()).containsExactly(2, 2, 6, 7);
        assertThat(run.inputGradient().stride()).containsExactly(84, 1, 14, 2);
    }

    @Test
    void a_window_larger_than_the_image_is_refused_as_by_the_stock_layer() {
        var stock = layer(convolution(5, 5), 2, 3);
        var image = Nd4j.randn(DataType.FLOAT, 1, 2, 4, 9);

        assertThatThrownBy(() -> LayerRun.of(ours(stock), DataType.FLOAT, parametersOf(stock), image, image))
                .isInstanceOf(DL4JInvalidInputException.class)
                .hasMessageContaining("Invalid input data or configuration");
    }

    private static ConvolutionLayer.Builder convolution(int... kernel) {
        return new ConvolutionLayer.Builder(kernel).activation(Activation.IDENTITY);
    }

    private static OneDnnConvolution ours(ConvolutionLayer stock) {
        return new OneDnnConvolution(stock, Precision.F32, InputGradient.NEEDED);
    }

    private static ConvolutionLayer layer(ConvolutionLayer.Builder settings, int in, int out) {
        return settings.name("conv").nIn(in).nOut(out).build();
    }

    private static INDArray parametersOf(ConvolutionLayer layer) {
        return Nd4j.randn(DataType.FLOAT, layer.initializer().numParams(layer));
    }

    private static INDArray epsilonFor(ConvolutionLayer layer, INDArray image) {
        int[] size = ConvolutionUtils.getOutputSize(
                image,
                layer.getKernelSize(),
                layer.getStride(),
                layer.getConvolutionMode() == ConvolutionMode.Same ? null : layer.getPadding(),
                layer.getConvolutionMode(),
                layer.getDilation(),
                CNN2DFormat.NCHW);
        return Nd4j.randn(DataType.FLOAT, image.size(0), layer.getNOut(), size[0], size[1]);
    }
}
