package io.residual.core.graph;

import io.residual.core.Block;
import io.residual.core.Convolution;
import io.residual.core.Flavour;
import io.residual.core.Flavour.LastGamma;
import io.residual.core.Flavour.Order;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.ShapeTable;
import io.residual.core.Shortcuts;
import io.residual.core.StochasticDepth;
import io.residual.core.VertexPaths;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
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
 *
 * <p>A stem of several convolutions numbers them: stem.conv1, stem.bn1, stem.relu1, stem.conv2, ... A bottleneck block has
 * three convolutions. In pre-activation order a block is .bn1, .relu1, .conv1, ..., .add, and head.bn, head.relu stand before
 * the pool. A shortcut may have .shortcut.pool, .shortcut.zeros and .shortcut.pad; with stochastic depth, .drop stands before
 * .add, and with dropout .dropout2 before .conv2 and .dropout3 before .conv3.
 */
public final class ResNetGraph {
    private final GraphBuilder graph;
    private final LayerWriter layers;
    private final Flavour flavour;
    private final Shortcuts shortcuts;

    private ResNetGraph(GraphBuilder graph, Flavour flavour, Shortcuts shortcuts) {
        this.graph = graph;
        this.layers = new LayerWriter(graph, flavour);
        this.flavour = flavour;
        this.shortcuts = shortcuts;
    }

    /** What training drops of a block at random. */
    private record Regularisation(Optional<StochasticDepthVertex> stochasticDepth, Optional<DropoutVertex> dropout) {
        static final Regularisation NONE = new Regularisation(Optional.empty(), Optional.empty());

        /** @param block counted from 1 over all stages */
        static Regularisation of(ResNetSpec spec, int block, long seed) {
            StochasticDepth depth = spec.stochasticDepth();
            double drop = depth.dropProbability(block, spec.blocks());
            return new Regularisation(
                    drop > 0 ? Optional.of(new StochasticDepthVertex(drop, depth.mode(), seed)) : Optional.empty(),
                    spec.blockDropout() > 0
                            ? Optional.of(new DropoutVertex(spec.blockDropout(), seed))
                            : Optional.empty());
        }
    }

    /**
     * The complete network, ready for {@code new ComputationGraph(configuration).init()}.
     *
     * @param updater the optimiser, with its learning rate
     * @param seed of the initial weights, of stochastic depth and of dropout. DL4J's builder also reseeds ND4J's global generator with it,
     *     and the weights are drawn in {@code init()}: nothing that draws random numbers may stand between this call and that
     *     one
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
        new ResNetGraph(builder, spec.flavour(), spec.shortcuts()).network(spec, seed);
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
            GraphBuilder graph, Block block, Flavour flavour, Shortcuts shortcuts, String path, String input) {
        return new ResNetGraph(graph, flavour, shortcuts).block(block, path, input, Regularisation.NONE);
    }

    static InputType inputType(ImageShape shape) {
        return InputType.convolutional(shape.height(), shape.width(), shape.channels());
    }

    private void network(ResNetSpec spec, long seed) {
        String last = stem(spec);
        int count = 0;
        for (int s = 0; s < spec.stages().size(); s++) {
            int b = 0;
            for (Block block : spec.blocks(s)) {
                last = block(block, VertexPaths.block(s, b++), last, Regularisation.of(spec, ++count, seed));
            }
        }
        if (flavour.order() == Order.PRE_ACTIVATION) {
            last = layers.relu(VertexPaths.HEAD_RELU, layers.batchNorm(VertexPaths.HEAD_BN, last));
        }
        graph.addLayer(VertexPaths.POOL, new GlobalPoolingLayer(PoolingType.AVG), last);
        layers.dense(VertexPaths.DENSE, spec.features(), spec.classes(), VertexPaths.POOL);
        graph.addLayer(
                VertexPaths.SOFTMAX,
                new LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build(),
                VertexPaths.DENSE);
    }

    private String stem(ResNetSpec spec) {
        List<Convolution> convolutions = spec.stem().convolutions(spec.input().channels());
        String last = VertexPaths.INPUT;
        for (int i = 0; i < convolutions.size(); i++) {
            last = layers.convolution(VertexPaths.stemConv(spec, i), convolutions.get(i), last);
            if (VertexPaths.hasStemBn(spec, i)) {
                last = layers.batchNorm(VertexPaths.stemBn(spec, i), last);
                last = layers.relu(VertexPaths.stemRelu(spec, i), last);
            }
        }
        return spec.stem().pool().isPresent()
                ? layers.maxPool(VertexPaths.STEM_POOL, spec.stem().pool().get(), last)
                : last;
    }

    private String block(Block block, String path, String input, Regularisation regularisation) {
        return switch (flavour.order()) {
            case POST_ACTIVATION -> postActivation(block, path, input, regularisation);
            case PRE_ACTIVATION -> preActivation(block, path, input, regularisation);
        };
    }

    private String postActivation(Block block, String path, String input, Regularisation regularisation) {
        int count = block.convolutions().size();
        // Without shortcuts, a scale of zero would leave nothing.
        LastGamma lastGamma = shortcuts == Shortcuts.RESIDUAL ? flavour.lastGamma() : LastGamma.ONE;
        String last = input;
        for (int i = 1; i <= count; i++) {
            last = i > 1 ? dropout(regularisation, path + ".dropout" + i, last) : last;
            last = layers.convolution(path + ".conv" + i, block.convolutions().get(i - 1), last);
            last = layers.batchNorm(path + ".bn" + i, i == count ? lastGamma : LastGamma.ONE, last);
            if (i < count) {
                last = layers.relu(path + ".relu" + i, last);
            }
        }
        return layers.relu(path + ".relu" + count, sum(block, path, last, regularisation, input, input));
    }

    private String preActivation(Block block, String path, String input, Regularisation regularisation) {
        String last = input;
        for (int i = 1; i <= block.convolutions().size(); i++) {
            last = layers.relu(path + ".relu" + i, layers.batchNorm(path + ".bn" + i, last));
            last = i > 1 ? dropout(regularisation, path + ".dropout" + i, last) : last;
            last = layers.convolution(path + ".conv" + i, block.convolutions().get(i - 1), last);
        }
        return sum(block, path, last, regularisation, input, path + ".relu1");
    }

    /** Behind a ReLU, so that the next batch norm sees values that were dropped (Zagoruyko and Komodakis 2016, section 2.4). */
    private String dropout(Regularisation regularisation, String path, String input) {
        if (regularisation.dropout().isEmpty()) {
            return input;
        }
        graph.addVertex(path, regularisation.dropout().get(), input);
        return path;
    }

    /**
     * Adds the shortcut to the residual branch.
     *
     * @param input start of a shortcut that keeps the shape
     * @param changing start of one that changes it
     */
    private String sum(
            Block block, String path, String branch, Regularisation regularisation, String input, String changing) {
        if (shortcuts == Shortcuts.NONE) {
            return branch;
        }
        String addend = branch;
        if (regularisation.stochasticDepth().isPresent()) {
            addend = path + ".drop";
            graph.addVertex(addend, regularisation.stochasticDepth().get(), branch);
        }
        String shortcut = block.changesShape() ? projection(block, path, changing) : input;
        graph.addVertex(path + ".add", new ElementWiseVertex(ElementWiseVertex.Op.Add), addend, shortcut);
        return path + ".add";
    }

    private String projection(Block block, String path, String input) {
        Convolution strided = block.projection();
        return switch (flavour.projection()) {
            case CONVOLUTION -> layers.convolution(VertexPaths.projectionConv(path), strided, input);
            case CONVOLUTION_AND_BATCH_NORM -> normalisedProjection(strided, path, input);
            case POOL_CONVOLUTION_AND_BATCH_NORM -> {
                String pooled = block.stride() == 1
                        ? input
                        : layers.averagePool(path + ".shortcut.pool", block.stride(), input);
                yield normalisedProjection(strided.withStride(1), path, pooled);
            }
            case ZERO_PADDING -> {
                String subsampled =
                        block.stride() == 1 ? input : layers.subsample(path + ".shortcut.pool", block.stride(), input);
                yield block.channelsIn() == block.channels()
                        ? subsampled
                        : layers.doubleChannels(path + ".shortcut.pad", path + ".shortcut.zeros", subsampled);
            }
        };
    }

    private String normalisedProjection(Convolution projection, String path, String input) {
        String convolution = layers.convolution(VertexPaths.projectionConv(path), projection, input);
        return layers.batchNorm(VertexPaths.projectionBn(path), convolution);
    }
}
