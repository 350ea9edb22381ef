package io.residual.onednn.layers;

import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Residual networks of the book's flavour: biased convolutions, and a bare 1x1 convolution where the shape changes. */
public final class ResNets {
    private final ComputationGraphConfiguration.GraphBuilder graph;

    private ResNets(ComputationGraphConfiguration.GraphBuilder graph) {
        this.graph = graph;
    }

    /** Stem, stages of those widths with two blocks each, global average pooling, softmax over 10 classes. */
    public static ComputationGraphConfiguration of(int pixels, int channels, IUpdater updater, int... widths) {
        var net = new ResNets(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(updater)
                .weightInit(WeightInit.XAVIER)
                .convolutionMode(ConvolutionMode.Truncate)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(pixels, pixels, channels)));
        net.convolution("stem.conv", "image", widths[0], 7, 2, 3);
        net.normalization("stem.bn", "stem.conv");
        net.relu("stem.relu", "stem.bn");
        net.graph.addLayer(
                "stem.pool",
                new SubsamplingLayer.Builder(PoolingType.MAX)
                        .kernelSize(3, 3)
                        .stride(2, 2)
                        .padding(1, 1)
                        .build(),
                "stem.relu");
        String last = "stem.pool";
        for (int stage = 0; stage < widths.length; stage++) {
            for (int block = 1; block <= 2; block++) {
                boolean widens = stage > 0 && block == 1;
                last = net.block("stage" + (stage + 1) + ".block" + block, last, widths[stage], widens ? 2 : 1);
            }
        }
        return net.finish(last);
    }

    /**
     * For small images: a 3x3 stem, stages of those widths, each twice the one before, with so many blocks each, shortcuts
     * without parameters (subsampled, and filled up with channels of zeros).
     */
    public static ComputationGraphConfiguration small(
            int pixels, int channels, IUpdater updater, int blocks, int... widths) {
        var net = new ResNets(new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(updater)
                .weightInit(WeightInit.XAVIER)
                .convolutionMode(ConvolutionMode.Truncate)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(pixels, pixels, channels)));
        net.convolution("stem.conv", "image", widths[0], 3, 1, 1);
        net.normalization("stem.bn", "stem.conv");
        net.relu("stem.relu", "stem.bn");
        String last = "stem.relu";
        for (int stage = 0; stage < widths.length; stage++) {
            for (int block = 1; block <= blocks; block++) {
                var path = "stage" + (stage + 1) + ".block" + block;
                last = net.paddedBlock(path, last, widths[stage], stage > 0 && block == 1 ? 2 : 1);
            }
        }
        return net.finish(last);
    }

    private String paddedBlock(String path, String input, int width, int stride) {
        return block(path, input, width, stride, () -> {
            graph.addLayer(
                    path + ".pool",
                    new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                            .kernelSize(1, 1)
                            .stride(stride, stride)
                            .build(),
                    input);
            graph.addVertex(path + ".zeros", new ScaleVertex(0), path + ".pool");
            graph.addVertex(path + ".pad", new MergeVertex(), path + ".pool", path + ".zeros");
            return path + ".pad";
        });
    }

    private ComputationGraphConfiguration finish(String last) {
        graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), last);
        graph.addLayer(
                "head",
                new DenseLayer.Builder()
                        .nOut(10)
                        .activation(Activation.IDENTITY)
                        .build(),
                "pool");
        graph.addLayer(
                "softmax",
                new LossLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build(),
                "head");
        return graph.setOutputs("softmax").build();
    }

    private String block(String path, String input, int width, int stride) {
        return block(path, input, width, stride, () -> {
            convolution(path + ".shortcut", input, width, 1, stride, 0);
            return path + ".shortcut";
        });
    }

    /** @param projection adds the shortcut of a block that changes the shape, and returns its last vertex */
    private String block(String path, String input, int width, int stride, Supplier<String> projection) {
        convolution(path + ".conv1", input, width, 3, stride, 1);
        normalization(path + ".bn1", path + ".conv1");
        relu(path + ".relu1", path + ".bn1");
        convolution(path + ".conv2", path + ".relu1", width, 3, 1, 1);
        normalization(path + ".bn2", path + ".conv2");
        String shortcut = stride > 1 ? projection.get() : input;
        graph.addVertex(path + ".add", new ElementWiseVertex(ElementWiseVertex.Op.Add), path + ".bn2", shortcut);
        relu(path + ".relu2", path + ".add");
        return path + ".relu2";
    }

    private void convolution(String name, String input, int width, int size, int stride, int padding) {
        graph.addLayer(
                name,
                new ConvolutionLayer.Builder(size, size)
                        .stride(stride, stride)
                        .padding(padding, padding)
                        .nOut(width)
                        .activation(Activation.IDENTITY)
                        .build(),
                input);
    }

    private void normalization(String name, String input) {
        graph.addLayer(name, new BatchNormalization.Builder().useLogStd(false).build(), input);
    }

    private void relu(String name, String input) {
        graph.addLayer(name, new ActivationLayer(Activation.RELU), input);
    }
}
