package io.residual.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.onednn.layers.Folding;
import io.residual.onednn.layers.LayerRun;
import io.residual.onednn.layers.ResNets;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
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
        var stock = network(ResNets.of(pixels, 3, new Sgd(0.1), 8, 12));
        randomise(stock);
        var fast = network(OneDnn.accelerate(ResNets.of(pixels, 3, new Sgd(0.1), 8, 12)));
        OneDnn.copyParameters(stock, fast);
        var inference = OneDnn.inference(fast);

        for (int examples : new int[] {5, 17, 1, 2, 4, 6, 5}) {
            var images = Nd4j.randn(DataType.FLOAT, examples, 3, pixels, pixels);
            LayerRun.assertClose(
                    examples + " examples", inference.output(images), stock.outputSingle(images), TOLERANCE);
        }
    }

    @Test
    void shortcuts_without_parameters_are_added_to_the_folded_convolutions() {
        var stock = network(ResNets.small(18, 3, new Sgd(0.1), 2, 6, 12));
        randomise(stock);
        var fast = network(OneDnn.accelerate(ResNets.small(18, 3, new Sgd(0.1), 2, 6, 12)));
        OneDnn.copyParameters(stock, fast);
        var images = Nd4j.randn(DataType.FLOAT, 5, 3, 18, 18);

        LayerRun.assertClose("output", OneDnn.inference(fast).output(images), stock.outputSingle(images), TOLERANCE);
        assertThat(Folding.of(fast.getConfiguration()).getVertexInputs().get("stage2.block1.relu2"))
                .containsExactly("stage2.block1.bn1", "stage2.block1.pad");
    }

    @Test
    void shortcuts_of_images_side_by_side_are_added() {
        var stock = network(ResNets.of(12, 3, new Sgd(0.1), 64));
        randomise(stock);
        var fast = network(OneDnn.accelerate(ResNets.of(12, 3, new Sgd(0.1), 64)));
        OneDnn.copyParameters(stock, fast);
        var images = Nd4j.randn(DataType.FLOAT, 9, 3, 12, 12);

        var expected = stock.outputSingle(images);
        LayerRun.assertClose("output", OneDnn.inference(fast).output(images), expected, TOLERANCE);
        assertThat(expected.maxNumber().doubleValue())
                .as("a probability that can move")
                .isLessThan(0.999);
    }

    @Test
    void parameters_that_change_afterwards_are_noticed() {
        var fast = network(OneDnn.accelerate(ResNets.of(20, 3, new Sgd(0.1), 8, 12)));
        randomise(fast);
        var images = Nd4j.randn(DataType.FLOAT, 4, 3, 20, 20);
        var inference = OneDnn.inference(fast);
        inference.output(images);

        for (var changed :
                new String[] {"stage1.block1.conv2_W", "stem.bn_var", "stage2.block1.shortcut_b", "head_W"}) {
            var before = inference.output(images);
            fast.getParam(changed).putScalar(0, 2.5);
            var after = inference.output(images);
            assertThat(after).as(changed).isNotEqualTo(before);
            LayerRun.assertClose(changed, after, fast.outputSingle(images), TOLERANCE);
        }
    }

    @Test
    void what_cannot_be_folded_is_computed_as_it_is() {
        // "a" has two users; "c" is a convolution with ReLU; "n2" has no convolution before it.
        var conf = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(9, 7, 3))
                .addLayer("a", convolution().build(), "image")
                .addLayer("n1", new BatchNormalization.Builder().useLogStd(true).build(), "a")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "n1", "a")
                .addLayer("n2", new BatchNormalization.Builder().useLogStd(true).build(), "sum")
                .addLayer(
                        "c",
                        convolution().hasBias(false).activation(Activation.RELU).build(),
                        "n2")
                .addLayer("n3", new BatchNormalization.Builder().useLogStd(true).build(), "c")
                .addLayer("d", convolution().hasBias(false).build(), "n3")
                .addLayer("n4", new BatchNormalization.Builder().useLogStd(true).build(), "d")
                .addLayer("tanh", new ActivationLayer(Activation.TANH), "n4")
                .addLayer(
                        "loss",
                        new CnnLossLayer.Builder()
                                .activation(Activation.IDENTITY)
                                .build(),
                        "tanh")
                .setOutputs("loss")
                .build();
        var stock = network(conf.clone());
        randomise(stock);
        var fast = network(OneDnn.accelerate(conf));
        OneDnn.copyParameters(stock, fast);

        var images = Nd4j.randn(DataType.FLOAT, 2, 3, 9, 7);
        LayerRun.assertClose("output", OneDnn.inference(fast).output(images), stock.outputSingle(images), TOLERANCE);
    }

    @Test
    void a_block_becomes_two_convolutions() {
        var folded = Folding.of(OneDnn.accelerate(ResNets.of(20, 3, new Sgd(0.1), 8)));

        assertThat(folded.getVertices().keySet())
                .containsExactlyInAnyOrder(
                        "stem.bn",
                        "stem.pool",
                        "stage1.block1.bn1",
                        "stage1.block1.relu2",
                        "stage1.block2.bn1",
                        "stage1.block2.relu2",
                        "pool",
                        "head",
                        "softmax");
        assertThat(folded.getVertexInputs().get("stage1.block2.relu2"))
                .containsExactly("stage1.block2.bn1", "stage1.block1.relu2");
    }

    private static ConvolutionLayer.Builder convolution() {
        return new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(4).activation(Activation.IDENTITY);
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
