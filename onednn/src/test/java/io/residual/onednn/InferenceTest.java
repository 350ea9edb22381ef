package io.residual.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.onednn.layers.LayerRun;
import io.residual.onednn.layers.ResNets;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

class InferenceTest {
    /** Folding rounds each weight once more; measured 1e-6. */
    private static final double TOLERANCE = 1e-5;

    @BeforeEach
    void sameNumbersEachTime() {
        Nd4j.getRandom().setSeed(20);
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 8})
    void the_folded_network_computes_what_the_stock_network_does(int pixels) {
        var pair = Pair.of(pixels, ResNets.of(pixels, 3, new Sgd(0.1), 8, 12));

        for (int examples : new int[] {5, 17, 1, 2, 4, 6, 5, 40, 300}) {
            var images = Nd4j.randn(DataType.FLOAT, examples, 3, pixels, pixels);
            LayerRun.assertClose(
                    examples + " examples",
                    pair.inference().output(images),
                    pair.stock.outputSingle(images),
                    TOLERANCE);
        }
    }

    @Test
    void shortcuts_without_parameters_are_added_to_the_folded_convolutions() {
        var pair = Pair.of(18, ResNets.small(18, 3, new Sgd(0.1), 2, 6, 12));
        var images = Nd4j.randn(DataType.FLOAT, 5, 3, 18, 18);

        LayerRun.assertClose("output", pair.inference().output(images), pair.stock.outputSingle(images), TOLERANCE);
    }

    @Test
    void images_of_three_pixels_a_side_are_convolved_in_blocks_of_channels() {
        var pair = Pair.of(12, ResNets.of(12, 3, new Sgd(0.1), 64));
        var images = Nd4j.randn(DataType.FLOAT, 9, 3, 12, 12);

        var expected = pair.stock.outputSingle(images);
        LayerRun.assertClose("output", pair.inference().output(images), expected, TOLERANCE);
        assertThat(expected.maxNumber().doubleValue())
                .as("a probability that can move")
                .isLessThan(0.999);
    }

    @Test
    void images_in_any_order_of_their_axes_are_understood() {
        var pair = Pair.of(20, ResNets.of(20, 3, new Sgd(0.1), 8));
        var images = Nd4j.randn(DataType.FLOAT, 6, 3, 20, 20);
        var expected = pair.inference().output(images);

        assertThat(pair.inference().output(images.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2)))
                .isEqualTo(expected);
        assertThat(pair.inference().output(images.dup('f'))).isEqualTo(expected);
    }

    @Test
    void parameters_that_change_afterwards_are_noticed() {
        var pair = Pair.of(20, ResNets.of(20, 3, new Sgd(0.1), 8, 12));
        var images = Nd4j.randn(DataType.FLOAT, 4, 3, 20, 20);
        var inference = pair.inference();
        inference.output(images);

        for (var changed :
                new String[] {"stage1.block1.conv2_W", "stem.bn_var", "stage2.block1.shortcut_b", "head_W"}) {
            var before = inference.output(images);
            pair.fast.getParam(changed).putScalar(0, 2.5);
            var after = inference.output(images);
            assertThat(after).as(changed).isNotEqualTo(before);
            LayerRun.assertClose(changed, after, pair.fast.outputSingle(images), TOLERANCE);
        }
    }

    /** A network on stock layers and on oneDNN, with the same parameters, and its program. */
    private record Pair(ComputationGraph stock, ComputationGraph fast, Program program) {
        static Pair of(int pixels, ComputationGraphConfiguration configuration) {
            var stock = network(configuration);
            randomise(stock);
            var fast = network(OneDnn.accelerate(configuration.clone()));
            OneDnn.copyParameters(stock, fast);
            try {
                var shape = InputType.convolutional(pixels, pixels, 3);
                return new Pair(stock, fast, ProgramReader.read(configuration, shape, norm -> false));
            } catch (ProgramReader.UnsupportedNetworkException e) {
                throw new IllegalStateException(e);
            }
        }

        InferenceGraph inference() {
            return OneDnn.inference(program, fast);
        }
    }

    private static ComputationGraph network(ComputationGraphConfiguration conf) {
        var graph = new ComputationGraph(conf);
        graph.init();
        return graph;
    }

    /** Parameters that no initialisation makes: all different, variances positive. */
    private static void randomise(ComputationGraph graph) {
        graph.paramTable().forEach((name, values) -> {
            INDArray random = Nd4j.rand(DataType.FLOAT, values.shape());
            if (name.endsWith("_W")) {
                // Of a size that keeps activations, and with them the probabilities, away from 0 and 1.
                long fanIn = values.rank() == 4 ? values.length() / values.size(0) : values.size(0);
                values.assign(random.subi(0.5).muli(3 / Math.sqrt(fanIn)));
            } else {
                values.assign(random.addi(0.3));
            }
        });
    }
}
