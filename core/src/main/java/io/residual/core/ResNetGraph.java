package io.residual.core;

import io.residual.core.Flavour.Projection;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.Distribution;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Writes a {@link ResNetSpec} as a DL4J configuration. The graph takes images [N, channels, height, width] and gives class
 * probabilities [N, classes]; its loss is the mean softmax cross entropy. The vertices are named by their paths:
 *
 * <pre>
 * input, stem.conv, stem.bn, stem.relu, stem.pool,
 * stage1.block1.conv1, .bn1, .relu1, .conv2, .bn2, .shortcut.conv, .shortcut.bn, .add, .relu2, ...
 * pool, fc (the logits), softmax
 * </pre>
 */
public final class ResNetGraph {
    private final GraphBuilder graph;
    private final Flavour flavour;
    private final Shortcuts shortcuts;

    private ResNetGraph(GraphBuilder graph, Flavour flavour, Shortcuts shortcuts) {
        this.graph = graph;
        this.flavour = flavour;
        this.shortcuts = shortcuts;
    }

    /**
     * The whole network, ready for {@code new ComputationGraph(configuration).init()}.
     *
     * @param updater the optimiser, with its learning rate
     * @param seed of the initial weights. DL4J's builder also reseeds ND4J's global generator with it, and the weights are
     *     drawn in {@code init()}: nothing that draws random numbers may stand between this call and that one
     * @throws IllegalArgumentException if the images are too small for the network
     */
    public static ComputationGraphConfiguration configuration(ResNetSpec spec, IUpdater updater, long seed) {
        ShapeTable.of(spec); // refuses images that are too small, with a message of ours
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(updater)
                .convolutionMode(ConvolutionMode.Truncate)
                .graphBuilder()
                .addInputs(VertexPaths.INPUT)
                .setInputTypes(inputType(spec.input()));
        new ResNetGraph(builder, spec.flavour(), spec.shortcuts()).network(spec);
        return builder.setOutputs(VertexPaths.SOFTMAX).build();
    }

    /**
     * Appends one block to a graph of your own.
     *
     * @param path prefix of the vertices' names, without underscores
     * @param input name of the vertex whose output the block takes, [N, channels, height, width]
     * @return the name of the block's last vertex
     */
    public static String appendBlock(
            GraphBuilder graph, BasicBlock block, Flavour flavour, Shortcuts shortcuts, String path, String input) {
        return new ResNetGraph(graph, flavour, shortcuts).block(block, path, input);
    }

    static InputType inputType(ImageShape shape) {
        return InputType.convolutional(shape.height(), shape.width(), shape.channels());
    }

    private void network(ResNetSpec spec) {
        String last = stem(spec.stem(), spec.input().channels());
        for (int s = 0; s < spec.stages().size(); s++) {
            int b = 0;
            for (BasicBlock block : spec.blocks(s)) {
                last = block(block, VertexPaths.block(s, b++), last);
            }
        }
        graph.addLayer(VertexPaths.POOL, new GlobalPoolingLayer(PoolingType.AVG), last);
        dense(spec.features(), spec.classes());
        graph.addLayer(
                VertexPaths.SOFTMAX,
                new LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build(),
                VertexPaths.DENSE);
    }

    private String stem(Stem stem, int channelsIn) {
        convolution(VertexPaths.STEM_CONV, channelsIn, stem.channels(), stem.convolution(), VertexPaths.INPUT);
        graph.addLayer(VertexPaths.STEM_BN, new UnbiasedBatchNormalization(), VertexPaths.STEM_CONV);
        relu(VertexPaths.STEM_RELU, VertexPaths.STEM_BN);
        Window pool = stem.pool();
        graph.addLayer(
                VertexPaths.STEM_POOL,
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(pool.kernel(), pool.kernel())
                        .stride(pool.stride(), pool.stride())
                        .padding(pool.padding(), pool.padding())
                        .build(),
                VertexPaths.STEM_RELU);
        return VertexPaths.STEM_POOL;
    }

    private String block(BasicBlock block, String path, String input) {
        convolution(path + ".conv1", block.channelsIn(), block.channels(), block.first(), input);
        graph.addLayer(path + ".bn1", new UnbiasedBatchNormalization(), path + ".conv1");
        relu(path + ".relu1", path + ".bn1");
        convolution(path + ".conv2", block.channels(), block.channels(), block.second(), path + ".relu1");
        graph.addLayer(path + ".bn2", new UnbiasedBatchNormalization(), path + ".conv2");
        String sum = path + ".bn2";
        if (shortcuts == Shortcuts.RESIDUAL) {
            String shortcut = block.changesShape() ? projection(block, path, input) : input;
            graph.addVertex(path + ".add", new ElementWiseVertex(ElementWiseVertex.Op.Add), path + ".bn2", shortcut);
            sum = path + ".add";
        }
        relu(path + ".relu2", sum);
        return path + ".relu2";
    }

    private String projection(BasicBlock block, String path, String input) {
        String convolution = VertexPaths.projectionConv(path);
        convolution(convolution, block.channelsIn(), block.channels(), block.projection(), input);
        if (flavour.projection() == Projection.CONVOLUTION) {
            return convolution;
        }
        graph.addLayer(VertexPaths.projectionBn(path), new UnbiasedBatchNormalization(), convolution);
        return VertexPaths.projectionBn(path);
    }

    private void convolution(String path, int channelsIn, int channels, Window window, String input) {
        int area = window.kernel() * window.kernel();
        graph.addLayer(
                path,
                new ConvolutionLayer.Builder(window.kernel(), window.kernel())
                        .nIn(channelsIn)
                        .nOut(channels)
                        .stride(window.stride(), window.stride())
                        .padding(window.padding(), window.padding())
                        .hasBias(flavour.biased())
                        .activation(Activation.IDENTITY)
                        .weightInit(convolutionWeights((double) channelsIn * area, (double) channels * area))
                        .build(),
                input);
    }

    private void dense(int in, int out) {
        graph.addLayer(
                VertexPaths.DENSE,
                new DenseLayer.Builder()
                        .nIn(in)
                        .nOut(out)
                        .activation(Activation.IDENTITY)
                        .weightInit(denseWeights(in, out))
                        .build(),
                VertexPaths.POOL);
    }

    /** DL4J's batch norm ignores its activation (M2.1), so a ReLU is a vertex of its own. */
    private void relu(String path, String input) {
        graph.addLayer(path, new ActivationLayer(Activation.RELU), input);
    }

    /** Written out because DL4J divides the fan out of a strided convolution by the stride, which PyTorch does not. */
    private Distribution convolutionWeights(double fanIn, double fanOut) {
        return switch (flavour.initialisation()) {
            case XAVIER_UNIFORM -> uniform(Math.sqrt(6 / (fanIn + fanOut)));
            case KAIMING_NORMAL_FAN_OUT -> new NormalDistribution(0, Math.sqrt(2 / fanOut));
        };
    }

    private Distribution denseWeights(double in, double out) {
        return switch (flavour.initialisation()) {
            case XAVIER_UNIFORM -> uniform(Math.sqrt(6 / (in + out)));
            case KAIMING_NORMAL_FAN_OUT -> uniform(Math.sqrt(1 / in));
        };
    }

    private static Distribution uniform(double bound) {
        return new UniformDistribution(-bound, bound);
    }
}
