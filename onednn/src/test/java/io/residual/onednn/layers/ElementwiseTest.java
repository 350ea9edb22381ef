package io.residual.onednn.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.onednn.kernels.Nhwc;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ElementwiseTest {
    @BeforeEach
    void sameNumbersEachTime() {
        Nd4j.getRandom().setSeed(20);
    }

    @Test
    void a_relu_equals_the_stock_layer_and_is_closed_at_zero() {
        var stock = new ActivationLayer(Activation.RELU);
        var image = Nd4j.randn(DataType.FLOAT, 2, 3, 5, 4);
        image.putScalar(new int[] {1, 2, 0, 3}, 0f);
        image.putScalar(new int[] {0, 1, 4, 0}, -0f);
        var epsilon = Nd4j.randn(DataType.FLOAT, 2, 3, 5, 4);

        var expected = LayerRun.of(stock, DataType.DOUBLE, null, image, epsilon);
        var actual = LayerRun.of(new OneDnnRelu(stock), DataType.FLOAT, null, image, epsilon);

        actual.assertCloseTo(expected, 0);
        assertThat(actual.inputGradient().getDouble(1, 2, 0, 3)).isZero();
        assertThat(actual.inputGradient().getDouble(0, 1, 4, 0)).isZero();
    }

    @Test
    void gradients_of_any_memory_layout_can_be_added_to_a_gradient() {
        var dims = new Nhwc.Dims(2, 3, 4, 5);
        var base = Nd4j.randn(DataType.FLOAT, 2, 3, 4, 5);
        var other = Nd4j.randn(DataType.FLOAT, 2, 3, 4, 5);
        var expected = base.add(other);

        for (var added : new INDArray[] {
            other,
            other.dup('f'),
            gradient(dims, other),
            other.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2)
        }) {
            var sum = gradient(dims, base);
            assertThat(sum.addi(added)).isSameAs(sum);
            assertThat(sum).isEqualTo(expected);
        }
    }

    @Test
    void a_gradient_is_an_array_like_any_other() {
        var values = Nd4j.randn(DataType.FLOAT, 2, 3, 4, 5);
        var gradient = gradient(new Nhwc.Dims(2, 3, 4, 5), values);

        assertThat(gradient.dup()).isEqualTo(values);
        assertThat(gradient.dup('f')).isEqualTo(values);
        assertThat(gradient.mul(2).sum(1)).isEqualTo(values.mul(2).sum(1));
        assertThat(gradient.addi(1f)).isEqualTo(values.add(1f));
        assertThat(gradient.detach()).isSameAs(gradient);
        assertThat(Nd4j.create(DataType.FLOAT, 2, 3, 4, 5).addi(gradient)).isEqualTo(values.add(1f));
    }

    private static INDArray gradient(Nhwc.Dims dims, INDArray values) {
        var gradient = Nhwc.gradient(LayerWorkspaceMgr.noWorkspaces(), dims);
        assertThat(gradient.stride()).containsExactly(60, 1, 15, 3);
        gradient.assign(values);
        return gradient;
    }
}
