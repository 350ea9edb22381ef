package io.residual.onednn.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.onednn.OneDnn;
import io.residual.onednn.kernels.Precision;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class AccelerationTest {
    @Test
    void a_residual_network_is_replaced_and_fused() {
        var stock = ResNets.of(28, 1, new Sgd(0.1), 8, 16);

        var classes = classes(OneDnn.accelerate(stock));

        assertThat(classes)
                .containsEntry("stem.conv", "OneDnnConvolution")
                .containsEntry("stem.bn", "OneDnnBatchNormalization")
                .containsEntry("stem.pool", "OneDnnSubsampling")
                .containsEntry("stage1.block1.bn1", "OneDnnBatchNormalization")
                .containsEntry("stage1.block1.relu2", "OneDnnAdd")
                .containsEntry("stage2.block1.shortcut", "OneDnnConvolution")
                .containsEntry("pool", "OneDnnGlobalPooling")
                .containsEntry("head", "DenseLayer")
                .containsEntry("softmax", "LossLayer")
                .doesNotContainKeys("stem.relu", "stage1.block1.relu1", "stage1.block1.add");
        assertThat(classes).hasSize(stock.getVertices().size() - 1 - 4 - 4);
    }

    @Test
    void sums_merges_and_multiples_of_images_are_replaced() {
        assertThat(classes(OneDnn.accelerate(ResNets.small(14, 1, new Sgd(0.1), 1, 8, 16))))
                .containsEntry("stage2.block1.pool", "OneDnnSubsampling")
                .containsEntry("stage2.block1.zeros", "OneDnnScale")
                .containsEntry("stage2.block1.pad", "OneDnnMerge")
                .containsEntry("stage2.block1.relu2", "OneDnnAdd")
                .doesNotContainKey("stage2.block1.add");
    }

    /** Three inputs of different channels, two of them multiples of one image, which so gets three gradients. */
    @Test
    void merges_and_multiples_compute_what_the_stock_vertices_do() {
        var conf = new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(5, 7, 2))
                .addLayer("a", new ConvolutionLayer.Builder(3, 3).nOut(3).build(), "image")
                .addLayer("b", new ConvolutionLayer.Builder(3, 3).nOut(1).build(), "image")
                .addVertex("half", new ScaleVertex(0.5), "a")
                .addVertex("minus", new ScaleVertex(-2), "a")
                .addVertex("all", new MergeVertex(), "half", "b", "a", "minus")
                .addLayer("c", new ConvolutionLayer.Builder(2, 2).nOut(4).build(), "all")
                .addLayer(
                        "loss",
                        new CnnLossLayer.Builder()
                                .lossFunction(LossFunctions.LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "c")
                .setOutputs("loss")
                .build();
        var stock = new ComputationGraph(conf.clone());
        stock.init();
        var fast = new ComputationGraph(OneDnn.accelerate(conf));
        fast.init();
        OneDnn.copyParameters(stock, fast);
        assertThat(classes(fast.getConfiguration()))
                .containsEntry("half", "OneDnnScale")
                .containsEntry("all", "OneDnnMerge");
        var data = new DataSet(Nd4j.randn(DataType.FLOAT, 4, 2, 5, 7), Nd4j.randn(DataType.FLOAT, 4, 4, 2, 4));

        for (int step = 0; step < 2; step++) {
            stock.fit(data);
            fast.fit(data);
        }
        stock.paramTable().forEach((name, expected) -> LayerRun.assertClose(name, fast.getParam(name), expected, 1e-5));
    }

    @Test
    void inputs_follow_the_vertices_that_took_over() {
        var inputs = OneDnn.accelerate(ResNets.of(28, 1, new Sgd(0.1), 8, 16)).getVertexInputs();

        assertThat(inputs.get("stem.pool")).containsExactly("stem.bn");
        assertThat(inputs.get("stage1.block1.conv2")).containsExactly("stage1.block1.bn1");
        assertThat(inputs.get("stage1.block1.relu2")).containsExactly("stage1.block1.bn2", "stem.pool");
        assertThat(inputs.get("stage2.block1.relu2")).containsExactly("stage2.block1.bn2", "stage2.block1.shortcut");
        assertThat(inputs.get("pool")).containsExactly("stage2.block2.relu2");
    }

    @Test
    void the_given_configuration_stays_as_it_is() {
        var stock = ResNets.of(28, 1, new Sgd(0.1), 8, 16);
        var before = stock.toJson();

        OneDnn.accelerate(stock);

        assertThat(stock.toJson()).isEqualTo(before);
    }

    @Test
    void every_setting_of_a_stock_layer_is_copied() {
        var stock = ResNets.of(28, 3, new Sgd(0.1), 8, 16);
        var fast = OneDnn.accelerate(stock);

        for (var name : new String[] {"stem.conv", "stage2.block1.bn2", "stem.pool", "pool"}) {
            assertThat(layer(fast, name))
                    .usingRecursiveComparison()
                    .ignoringFields("precision", "inputGradient", "runningVariance", "epilogue")
                    // Says how the data format came about, not what it is.
                    .ignoringFieldsMatchingRegexes("defaultValueOverrid.*")
                    .isEqualTo(layer(stock, name));
        }
    }

    @Test
    void layers_with_settings_that_are_not_covered_stay_as_they_are() {
        var fast = OneDnn.accelerate(chain(
                convolution().activation(Activation.TANH).build(),
                convolution().dropOut(0.5).build(),
                convolution().weightNoise(new DropConnect(0.5)).build(),
                new BatchNormalization.Builder().lockGammaBeta(true).build(),
                new ActivationLayer(Activation.LEAKYRELU),
                new ActivationLayer(new ActivationReLU(6.0, null, null)),
                new SubsamplingLayer.Builder(PoolingType.PNORM)
                        .pnorm(2)
                        .kernelSize(2, 2)
                        .stride(1, 1)
                        .build(),
                new SubsamplingLayer.Builder(PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(1, 1)
                        .dilation(2, 2)
                        .build(),
                new OddNormalization(),
                new GlobalPoolingLayer(PoolingType.MAX)));

        assertThat(classes(fast))
                .containsExactlyInAnyOrderEntriesOf(new TreeMap<>(Map.ofEntries(
                        Map.entry("0", "ConvolutionLayer"),
                        Map.entry("1", "ConvolutionLayer"),
                        Map.entry("2", "ConvolutionLayer"),
                        Map.entry("3", "BatchNormalization"),
                        Map.entry("4", "ActivationLayer"),
                        Map.entry("5", "ActivationLayer"),
                        Map.entry("6", "SubsamplingLayer"),
                        Map.entry("7", "SubsamplingLayer"),
                        Map.entry("8", "OddNormalization"),
                        Map.entry("9", "GlobalPoolingLayer"),
                        Map.entry("loss", "LossLayer"))));
    }

    @Test
    void a_network_of_doubles_and_one_of_nhwc_data_stay_as_they_are() {
        var doubles = ResNets.of(28, 1, new Sgd(0.1), 8);
        doubles.setDataType(DataType.DOUBLE);
        assertThat(classes(OneDnn.accelerate(doubles))).isEqualTo(classes(doubles));

        var nhwc = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 8, 3, CNN2DFormat.NHWC))
                .addLayer("conv", convolution().dataFormat(CNN2DFormat.NHWC).build(), "image")
                .addLayer(
                        "bn",
                        new BatchNormalization.Builder()
                                .dataFormat(CNN2DFormat.NHWC)
                                .build(),
                        "conv")
                .addLayer("loss", loss(), "bn")
                .setOutputs("loss")
                .build();
        assertThat(classes(OneDnn.accelerate(nhwc))).isEqualTo(classes(nhwc));
    }

    @Test
    void a_relu_whose_input_others_use_is_not_fused() {
        var conf = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 8, 3))
                .addLayer("conv", convolution().build(), "image")
                .addLayer("bn", new BatchNormalization(), "conv")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "bn")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "relu", "bn")
                .addLayer("loss", loss(), "add")
                .setOutputs("loss")
                .build();

        assertThat(classes(OneDnn.accelerate(conf)))
                .containsEntry("bn", "OneDnnBatchNormalization")
                .containsEntry("relu", "OneDnnRelu")
                .containsEntry("add", "OneDnnAdd");
    }

    @Test
    void a_subclass_of_batch_normalization_is_replaced_where_the_caller_says_what_it_averages() {
        var conf = chain(convolution().build(), new OddNormalization(), new BatchNormalization());

        var fast = OneDnn.accelerate(conf, OddNormalization.class::isInstance);

        assertThat(((OneDnnBatchNormalization) layer(fast, "1")).getRunningVariance())
                .isEqualTo(RunningVariance.UNBIASED);
        assertThat(((OneDnnBatchNormalization) layer(fast, "2")).getRunningVariance())
                .isEqualTo(RunningVariance.BIASED);
    }

    @Test
    void an_accelerated_configuration_survives_json() {
        var fast = OneDnn.accelerate(ResNets.of(28, 1, new Sgd(0.1), 8, 16), bn -> true, Precision.BF16);
        // Deeplearning4j reads useLogStd off the names of the parameters, which come with initialisation.
        new ComputationGraph(fast).init();

        var read = ComputationGraphConfiguration.fromJson(fast.toJson());

        assertThat(read.toJson()).isEqualTo(fast.toJson());
        assertThat(((OneDnnConvolution) layer(read, "stem.conv")).getPrecision())
                .isEqualTo(Precision.BF16);
        assertThat(((OneDnnBatchNormalization) layer(read, "stem.bn")).getRunningVariance())
                .isEqualTo(RunningVariance.UNBIASED);
        assertThat(((OneDnnAdd) read.getVertices().get("stage1.block1.relu2")).getGradients())
                .isEqualTo(OneDnnAdd.Gradients.SHARED);
    }

    @Test
    void the_two_inputs_of_a_sum_share_a_gradient_only_where_nobody_changes_it_between() {
        var conf = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 8, 3))
                .addLayer("a", convolution().build(), "image")
                .addLayer("b", convolution().build(), "image")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                .addLayer("aside", convolution().build(), "a")
                .addVertex("total", new ElementWiseVertex(ElementWiseVertex.Op.Add), "sum", "aside")
                .addLayer("loss", loss(), "total")
                .setOutputs("loss")
                .build();

        var vertices = OneDnn.accelerate(conf).getVertices();

        // "aside" adds to the gradient of "a" at a time of its own, before or after "b" has read it.
        assertThat(((OneDnnAdd) vertices.get("sum")).getGradients()).isEqualTo(OneDnnAdd.Gradients.SEPARATE);
        assertThat(((OneDnnAdd) vertices.get("total")).getGradients()).isEqualTo(OneDnnAdd.Gradients.SHARED);
    }

    @Test
    void the_gradient_of_the_networks_input_is_left_out_only_where_nobody_else_adds_to_it() {
        assertThat(inputGradient(ResNets.of(28, 1, new Sgd(0.1), 8), "stem.conv"))
                .isEqualTo(InputGradient.UNUSED);
        assertThat(inputGradient(ResNets.of(28, 1, new Sgd(0.1), 8), "stage1.block1.conv1"))
                .isEqualTo(InputGradient.NEEDED);

        var shared = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 8, 3))
                .addLayer("conv", convolution().build(), "image")
                .addLayer("tanh", new ActivationLayer(Activation.TANH), "image")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "conv", "tanh")
                .addLayer("loss", new CnnLossLayer.Builder(LossFunctions.LossFunction.MSE).build(), "sum")
                .setOutputs("loss")
                .build();
        assertThat(inputGradient(shared, "conv")).isEqualTo(InputGradient.NEEDED);

        var graph = new ComputationGraph(OneDnn.accelerate(shared));
        graph.init();
        var before = graph.params().dup();
        graph.fit(new DataSet(Nd4j.rand(2, 3, 8, 8), Nd4j.rand(2, 3, 8, 8)));
        assertThat(graph.params()).isNotEqualTo(before);
    }

    private static InputGradient inputGradient(ComputationGraphConfiguration stock, String name) {
        return ((OneDnnConvolution) layer(OneDnn.accelerate(stock), name)).getInputGradient();
    }

    /** Some user's own. */
    static class OddNormalization extends BatchNormalization {}

    private static ConvolutionLayer.Builder convolution() {
        return new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(3).activation(Activation.IDENTITY);
    }

    private static LossLayer loss() {
        return new LossLayer.Builder(LossFunctions.LossFunction.MSE).build();
    }

    private static ComputationGraphConfiguration chain(Layer... layers) {
        var graph = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(16, 16, 3));
        for (int i = 0; i < layers.length; i++) {
            graph.addLayer(Integer.toString(i), layers[i], i == 0 ? "image" : Integer.toString(i - 1));
        }
        return graph.addLayer("loss", loss(), Integer.toString(layers.length - 1))
                .setOutputs("loss")
                .build();
    }

    private static Layer layer(ComputationGraphConfiguration conf, String name) {
        return ((LayerVertex) conf.getVertices().get(name)).getLayerConf().getLayer();
    }

    private static Map<String, String> classes(ComputationGraphConfiguration conf) {
        var classes = new TreeMap<String, String>();
        conf.getVertices()
                .forEach((name, vertex) -> classes.put(
                        name,
                        (vertex instanceof LayerVertex layer
                                        ? layer.getLayerConf().getLayer()
                                        : vertex)
                                .getClass()
                                .getSimpleName()));
        return classes;
    }
}
