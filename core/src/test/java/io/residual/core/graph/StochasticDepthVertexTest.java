package io.residual.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;
import io.residual.core.StochasticDepth;
import io.residual.core.StochasticDepth.Mode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

class StochasticDepthVertexTest {
    private static final ResNetSpec SPEC =
            ResNetSpec.cifar(14, Flavour.CIFAR).withWidth(4).withStochasticDepth(new StochasticDepth(0.5, Mode.ROW));

    @Test
    void rows_are_dropped_as_often_as_asked_and_the_others_scaled_up() {
        StochasticDepthVertex drop = new StochasticDepthVertex(0.2, Mode.ROW, 7);
        int dropped = 0;
        for (int iteration = 0; iteration < 100; iteration++) {
            for (float factor : factors(drop, "stage1.block1.drop", iteration, 100)) {
                assertThat(factor).isIn(0f, 1.25f);
                dropped += factor == 0 ? 1 : 0;
            }
        }
        // Of 10,000 decisions; the standard deviation is 40.
        assertThat(dropped).isBetween(1840, 2160);
    }

    @Test
    void a_batch_is_dropped_as_a_whole() {
        StochasticDepthVertex drop = new StochasticDepthVertex(0.5, Mode.BATCH, 7);
        int dropped = 0;
        for (int iteration = 0; iteration < 1000; iteration++) {
            float[] factors = factors(drop, "stage1.block1.drop", iteration, 3);
            assertThat(factors).containsOnly(factors[0]);
            dropped += factors[0] == 0 ? 1 : 0;
        }
        assertThat(dropped).isBetween(437, 563);
    }

    @Test
    void seed_vertex_and_iteration_decide() {
        StochasticDepthVertex drop = new StochasticDepthVertex(0.5, Mode.ROW, 7);
        float[] factors = factors(drop, "stage1.block1.drop", 3, 64);

        assertThat(factors(drop, "stage1.block1.drop", 3, 64)).isEqualTo(factors);
        assertThat(factors(drop, "stage1.block1.drop", 4, 64)).isNotEqualTo(factors);
        assertThat(factors(drop, "stage1.block2.drop", 3, 64)).isNotEqualTo(factors);
        assertThat(factors(new StochasticDepthVertex(0.5, Mode.ROW, 8), "stage1.block1.drop", 3, 64))
                .isNotEqualTo(factors);
    }

    @Test
    void the_probability_grows_linearly_to_that_of_the_last_block() {
        StochasticDepth depth = new StochasticDepth(0.5, Mode.ROW);

        assertThat(depth.dropProbability(1, 10)).isCloseTo(0.05, offset(1e-12));
        assertThat(depth.dropProbability(10, 10)).isEqualTo(0.5);
        assertThat(((StochasticDepthVertex) configuration().getVertices().get("stage2.block1.drop")).getProbability())
                .isEqualTo(0.25);
    }

    @Test
    void a_dropped_row_is_its_shortcut() {
        ComputationGraph graph = graph(configuration());
        INDArray images = Nd4j.rand(8, 1, 28, 28);
        var activations = graph.feedForward(images, true);
        float[] factors = factors(new StochasticDepthVertex(0.5, Mode.ROW, 5), "stage3.block2.drop", 0, 8);

        assertThat(factors).contains(0f, 2f);
        for (int row = 0; row < 8; row++) {
            INDArray branch = activations.get("stage3.block2.bn2").slice(row);
            assertThat(activations.get("stage3.block2.drop").slice(row)).isEqualTo(branch.mul(factors[row]));
        }
    }

    @Test
    void inference_drops_nothing() {
        var activations = graph(configuration()).feedForward(Nd4j.rand(3, 1, 28, 28), false);

        assertThat(activations.get("stage3.block2.drop")).isEqualTo(activations.get("stage3.block2.bn2"));
    }

    @Test
    void a_run_that_goes_on_from_its_state_drops_what_the_uninterrupted_one_does() {
        DataSet data = new DataSet(Nd4j.rand(6, 1, 28, 28), Nd4j.eye(10).getRows(1, 2, 5, 7, 0, 3));
        ComputationGraph whole = graph(configuration());
        for (int step = 0; step < 4; step++) {
            whole.fit(data);
        }

        ComputationGraph first = graph(configuration());
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
    void a_probability_of_one_is_refused() {
        assertThatThrownBy(() -> new StochasticDepthVertex(1, Mode.ROW, 1)).hasMessageContaining("in [0, 1), got 1.0");
    }

    private static float[] factors(StochasticDepthVertex drop, String vertex, long iteration, int rows) {
        return drop.factors(VertexRandom.of(drop.getSeed(), vertex, iteration), rows);
    }

    private static ComputationGraphConfiguration configuration() {
        return ResNetGraph.configuration(SPEC, new Nesterovs(0.05, 0.9), 5);
    }

    private static ComputationGraph graph(ComputationGraphConfiguration configuration) {
        ComputationGraph graph = new ComputationGraph(configuration);
        graph.init();
        return graph;
    }
}
