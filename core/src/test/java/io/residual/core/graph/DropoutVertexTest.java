package io.residual.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;
import io.residual.onednn.OneDnn;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Beside {@code PyTorchParityTest}, which compares whole networks with dropout. */
class DropoutVertexTest {
    private static final ResNetSpec SPEC = ResNetSpec.wide(16, 2).withWidth(4).withBlockDropout(0.25);
    private final DataSet data =
            new DataSet(Nd4j.rand(6, 1, 28, 28), Nd4j.eye(10).getRows(1, 2, 5, 7, 0, 3));

    @Test
    void values_are_dropped_as_often_as_asked_and_the_others_scaled_up() {
        var activations = graph(configuration(SPEC)).feedForward(Nd4j.rand(6, 1, 28, 28), true);
        float[] before = activations.get("stage1.block2.relu2").dup('c').data().asFloat();
        float[] after =
                activations.get("stage1.block2.dropout2").dup('c').data().asFloat();
        float scale = (float) (1 / 0.75);
        int living = 0;
        int kept = 0;
        for (int i = 0; i < before.length; i++) {
            assertThat(after[i]).isIn(0f, before[i] * scale);
            living += before[i] > 0 ? 1 : 0;
            kept += after[i] > 0 ? 1 : 0;
        }
        // Of about 19,000 decisions; the standard deviation is 0.003.
        assertThat((double) kept / living).isBetween(0.735, 0.765);
    }

    @Test
    void inference_drops_nothing() {
        var activations = graph(configuration(SPEC)).feedForward(Nd4j.rand(3, 1, 28, 28), false);

        assertThat(activations.get("stage2.block1.dropout2")).isEqualTo(activations.get("stage2.block1.relu2"));
    }

    @Test
    void it_stands_before_each_convolution_of_a_block_but_the_first() {
        ComputationGraphConfiguration bottlenecks =
                configuration(ResNetSpec.preActivation(11).withWidth(4).withBlockDropout(0.1));

        assertThat(bottlenecks.getVertexInputs().get("stage1.block1.conv2"))
                .isEqualTo(List.of("stage1.block1.dropout2"));
        assertThat(bottlenecks.getVertexInputs().get("stage1.block1.conv3"))
                .isEqualTo(List.of("stage1.block1.dropout3"));
        assertThat(bottlenecks.getVertexInputs().get("stage1.block1.dropout3"))
                .isEqualTo(List.of("stage1.block1.relu3"));
        assertThat(configuration(ResNetSpec.cifar(8, Flavour.CIFAR).plainTwin().withBlockDropout(0.1))
                        .getVertexInputs()
                        .get("stage3.block1.conv2"))
                .isEqualTo(List.of("stage3.block1.dropout2"));
        assertThat(configuration(SPEC.withBlockDropout(0)).getVertices().keySet())
                .noneMatch(name -> name.contains("dropout"));
    }

    /** oneDNN keeps images channels last: the same values must be dropped there, and in both passes. */
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void both_kernels_drop_the_same_values() {
        ComputationGraph stock = graph(configuration(SPEC));
        ComputationGraph fast = graph(OneDnn.accelerate(configuration(SPEC), PyTorchBatchNorm.class::isInstance));
        OneDnn.copyParameters(stock, fast);
        INDArray expected = stock.feedForward(data.getFeatures(), true).get("stage2.block2.dropout2");
        INDArray actual = fast.feedForward(data.getFeatures(), true).get("stage2.block2.dropout2");

        assertThat(actual.stride(1)).as("the order of memory is kept").isEqualTo(1);
        assertThat(actual.gt(1e-3)).isEqualTo(expected.gt(1e-3));

        for (ComputationGraph graph : List.of(stock, fast)) {
            graph.setInputs(data.getFeatures());
            graph.setLabels(data.getLabels());
            graph.computeGradientAndScore();
        }
        for (String name : List.of("stage1.block1.conv1_W", "stage3.block2.conv2_W", "stem.conv_W")) {
            INDArray wanted = stock.gradient().getGradientFor(name);
            assertThat(fast.gradient().getGradientFor(name).distance2(wanted)
                            / wanted.norm2Number().doubleValue())
                    .as(name)
                    .isLessThan(1e-3);
        }
    }

    @Test
    void a_run_that_goes_on_from_its_state_drops_what_the_uninterrupted_one_does() {
        ComputationGraph whole = graph(configuration(SPEC));
        for (int step = 0; step < 4; step++) {
            whole.fit(data);
        }

        ComputationGraph first = graph(configuration(SPEC));
        first.fit(data);
        first.fit(data);
        ComputationGraph second = graph(
                ComputationGraphConfiguration.fromJson(first.getConfiguration().toJson()));
        second.setParams(first.params());
        second.getUpdater().setStateViewArray(first.getUpdater().getStateViewArray());
        second.getConfiguration().setIterationCount(first.getIterationCount());
        second.fit(data);
        second.fit(data);

        assertThat(second.params().toFloatVector()).isEqualTo(whole.params().toFloatVector());
    }

    @Test
    void probabilities_outside_are_refused() {
        assertThatThrownBy(() -> SPEC.withBlockDropout(1))
                .hasMessage("the probability that a value is dropped must be in [0, 1), got 1.0");
        assertThatThrownBy(() -> new DropoutVertex(Double.NaN, 1)).hasMessageContaining("got NaN");
    }

    private static ComputationGraphConfiguration configuration(ResNetSpec spec) {
        return ResNetGraph.configuration(spec, new Nesterovs(0.05, 0.9), 5);
    }

    private static ComputationGraph graph(ComputationGraphConfiguration configuration) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }
}
