package io.residual.onednn.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class ConvolutionShapeTest {
    /** As in the test of these convolutions' results. */
    static List<ConvolutionLayer.Builder> settingsForImagesSideBySide() {
        return List.of(
                convolution(3, 3).padding(1, 1),
                convolution(3, 3).padding(1, 1).hasBias(false),
                convolution(3, 2).convolutionMode(ConvolutionMode.Same),
                convolution(5, 3).padding(2, 1),
                convolution(1, 3).padding(0, 2).dilation(1, 2));
    }

    @ParameterizedTest
    @MethodSource("settingsForImagesSideBySide")
    void small_images_are_laid_side_by_side(ConvolutionLayer.Builder settings) {
        for (int[] size : new int[][] {{9, 3, 3}, {8, 2, 3}, {10, 1, 3}}) {
            var layout = SmallImageLayout.of(shape(layer(settings, 64, 65), size[0], size[1], size[2]));
            assertThat(layout.shape().in().n()).as("examples of the wide image").isEqualTo(1);
        }
    }

    @Test
    void images_that_the_window_always_covers_are_products_of_matrices() {
        var covered = layer(convolution(3, 3).padding(1, 1), 4, 6);

        assertThat(covers(covered, 16, 2, 2)).isTrue();
        assertThat(covers(covered, 1, 1, 1)).isTrue();
        assertThat(covers(covered, 15, 2, 2)).as("too few examples").isFalse();
        assertThat(covers(covered, 16, 2, 3)).as("three columns").isFalse();
        assertThat(covers(layer(convolution(3, 3).padding(1, 1).stride(2, 2), 4, 6), 16, 4, 4))
                .isFalse();
        assertThat(covers(layer(convolution(3, 3).dilation(2, 2).padding(2, 2), 4, 6), 16, 2, 2))
                .isFalse();
    }

    private static boolean covers(ConvolutionLayer layer, int examples, int height, int width) {
        return DenseKernels.covers(shape(layer, examples, height, width));
    }

    @Test
    void a_kernel_of_three_on_one_cell_is_a_kernel_of_one() {
        var shape = shape(layer(convolution(3, 3).padding(1, 1), 4, 6), 2, 1, 1);

        assertThat(shape.weights()).containsExactly(6, 4, 1, 1);
        assertThat(shape.weightStrides()).containsExactly(36, 9, 3, 1);
        assertThat(shape.weightOffset()).isEqualTo(4);
        assertThat(shape.window().before()).containsExactly(0, 0);
    }

    private static ConvolutionShape shape(ConvolutionLayer layer, int examples, int height, int width) {
        var image = Nd4j.create(DataType.FLOAT, examples, layer.getNIn(), height, width);
        return ConvolutionShape.of(layer, image, Precision.F32);
    }

    private static ConvolutionLayer.Builder convolution(int... kernel) {
        return new ConvolutionLayer.Builder(kernel);
    }

    private static ConvolutionLayer layer(ConvolutionLayer.Builder settings, int in, int out) {
        return settings.name("conv").nIn(in).nOut(out).build();
    }
}
