package io.residual.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.ShapeTable;
import io.residual.core.VertexPaths;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class ResNetGraphTest {
    private final ResNetSpec small = ResNetSpec.resNet(18, Flavour.BOOK)
            .withInput(new ImageShape(1, 28, 40))
            .withWidth(8);

    @ParameterizedTest
    @ValueSource(ints = {18, 34})
    void dl4j_sees_the_shapes_and_parameters_of_the_shape_table(int depth) {
        ResNetSpec spec = ResNetSpec.resNet(depth, Flavour.TORCHVISION).withInput(new ImageShape(3, 64, 96));
        ComputationGraphConfiguration configuration = configuration(spec);
        Map<String, InputType> types = configuration.getLayerActivationTypes(ResNetGraph.inputType(spec.input()));

        List<String> lastOfStage = List.of(
                VertexPaths.STEM_POOL,
                "stage1.block" + spec.stages().get(0).blocks() + ".relu2",
                "stage2.block" + spec.stages().get(1).blocks() + ".relu2",
                "stage3.block" + spec.stages().get(2).blocks() + ".relu2",
                "stage4.block" + spec.stages().get(3).blocks() + ".relu2");
        ShapeTable table = ShapeTable.of(spec);
        for (int i = 0; i < lastOfStage.size(); i++) {
            long[] expected = table.rows().get(i).shape().stream()
                    .mapToLong(Integer::longValue)
                    .toArray();
            assertThat(types.get(lastOfStage.get(i)).getShape(true)).endsWith(expected[1], expected[2], expected[3]);
        }
    }

    @Test
    void the_graph_holds_the_trainable_parameters_and_the_running_statistics() {
        ComputationGraph graph = new ComputationGraph(configuration(small));
        graph.init();
        long statistics = graph.paramTable().entrySet().stream()
                .filter(e -> e.getKey().endsWith("_mean") || e.getKey().endsWith("_var"))
                .mapToLong(e -> e.getValue().length())
                .sum();

        assertThat(graph.numParams() - statistics).isEqualTo(small.parameters());
    }

    @Test
    void every_block_adds_its_input_and_a_plain_twin_none() {
        assertThat(additions(small)).isEqualTo(8);
        assertThat(additions(small.plainTwin())).isZero();
        assertThat(configuration(small.plainTwin()).getVertices()).doesNotContainKey("stage2.block1.shortcut.conv");
    }

    @Test
    void the_same_seed_gives_the_same_weights_and_another_seed_others() {
        assertThat(initialised(5)).isEqualTo(initialised(5)).isNotEqualTo(initialised(6));
    }

    /** The bound of Xavier uniform is sqrt(6 / (fan in + fan out)) whatever the stride, and its variance a third of the square. */
    @Test
    void a_strided_convolution_is_initialised_as_in_pytorch() {
        ComputationGraph graph = new ComputationGraph(configuration(small.withWidth(64)));
        graph.init();
        INDArray weights = graph.getParam("stage2.block1.conv1_W");
        double bound = Math.sqrt(6.0 / (9 * (64 + 128)));

        assertThat(weights.maxNumber().doubleValue()).isBetween(0.99 * bound, bound);
        assertThat(weights.minNumber().doubleValue()).isBetween(-bound, -0.99 * bound);
        assertThat(weights.stdNumber().doubleValue()).isCloseTo(bound / Math.sqrt(3), withinPercentage(1));
    }

    @Test
    void kaiming_normal_takes_the_fan_out() {
        ComputationGraph graph = new ComputationGraph(
                configuration(ResNetSpec.resNet(18, Flavour.TORCHVISION).withInput(new ImageShape(1, 28, 28))));
        graph.init();

        assertThat(graph.getParam("stage3.block1.conv1_W").stdNumber().doubleValue())
                .isCloseTo(Math.sqrt(2.0 / (9 * 256)), withinPercentage(1));
    }

    @Test
    void an_untrained_network_gives_probabilities_for_images_that_are_not_square() {
        ComputationGraph graph = new ComputationGraph(configuration(small));
        graph.init();
        INDArray output = graph.outputSingle(Nd4j.rand(3, 1, 28, 40));

        assertThat(output.shape()).containsExactly(3, 10);
        assertThat(output.sum(1).toDoubleVector()).containsExactly(new double[] {1, 1, 1}, within(1e-5));
    }

    private INDArray initialised(long seed) {
        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(small, new Sgd(0.05), seed));
        graph.init();
        return graph.params();
    }

    private static long additions(ResNetSpec spec) {
        return configuration(spec).getVertices().values().stream()
                .filter(ElementWiseVertex.class::isInstance)
                .count();
    }

    private static ComputationGraphConfiguration configuration(ResNetSpec spec) {
        return ResNetGraph.configuration(spec, new Sgd(0.05), 1);
    }
}
