package io.residual.onednn.layers;

import io.residual.onednn.kernels.Epilogue;
import io.residual.onednn.kernels.Precision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;

/** Rewrites a copy of a graph's configuration, vertex by vertex; see {@code OneDnn.accelerate}. */
public final class Acceleration {
    /** Axis of the channels in images [N, C, H, W]. */
    private static final int CHANNELS = 1;

    private final ComputationGraphConfiguration graph;
    private final Map<String, GraphVertex> vertices;
    private final Map<String, List<String>> inputs;
    private final Predicate<? super BatchNormalization> isUnbiased;
    private final Precision precision;

    private Acceleration(
            ComputationGraphConfiguration stock,
            Predicate<? super BatchNormalization> isUnbiased,
            Precision precision) {
        graph = stock.clone();
        graph.setIterationCount(stock.getIterationCount());
        graph.setEpochCount(stock.getEpochCount());
        vertices = graph.getVertices();
        inputs = graph.getVertexInputs();
        this.isUnbiased = isUnbiased;
        this.precision = precision;
    }

    public static ComputationGraphConfiguration of(
            ComputationGraphConfiguration stock,
            Predicate<? super BatchNormalization> isUnbiased,
            Precision precision) {
        var acceleration = new Acceleration(stock, isUnbiased, precision);
        if (stock.getDataType() == DataType.FLOAT) {
            acceleration.replaceVertices();
            acceleration.fuse();
            acceleration.shareGradients();
        }
        return acceleration.graph;
    }

    private void replaceVertices() {
        // What is an image is decided on the stock graph, before the first vertex changes.
        var images = new HashSet<String>();
        for (var name : vertices.keySet()) {
            if (isImage(name)) {
                images.add(name);
            }
        }
        for (var entry : vertices.entrySet()) {
            var fed = inputsOf(entry.getKey());
            boolean imagesIn = images.containsAll(fed);
            if (entry.getValue() instanceof LayerVertex vertex) {
                replacement(vertex, fed, imagesIn)
                        .ifPresent(layer -> vertex.getLayerConf().setLayer(layer));
            } else if (imagesIn) {
                replacement(entry.getValue(), fed).ifPresent(entry::setValue);
            }
        }
    }

    private static Optional<GraphVertex> replacement(GraphVertex vertex, List<String> fed) {
        if (isElementwiseAdd(vertex) && fed.size() == 2 && !fed.get(0).equals(fed.get(1))) {
            return Optional.of(new OneDnnAdd(Epilogue.NONE, OneDnnAdd.Gradients.SEPARATE));
        }
        if (vertex.getClass() == ScaleVertex.class) {
            return Optional.of(new OneDnnScale(((ScaleVertex) vertex).getScaleFactor()));
        }
        if (vertex.getClass() == MergeVertex.class && isMergeOfChannels(vertex)) {
            var merge = new OneDnnMerge();
            merge.setMergeAxis(CHANNELS);
            merge.setModified(((MergeVertex) vertex).isModified());
            return Optional.of(merge);
        }
        return Optional.empty();
    }

    private Optional<Layer> replacement(LayerVertex vertex, List<String> fed, boolean imagesIn) {
        var layer = vertex.getLayerConf().getLayer();
        boolean converted = vertex.getPreProcessor() != null;
        if (layer instanceof ConvolutionLayer convolution && StockSettings.isSupported(convolution)) {
            var gradient = converted ? InputGradient.NEEDED : inputGradient(fed.get(0));
            return Optional.of(new OneDnnConvolution(convolution, precision, gradient));
        }
        if (layer instanceof SubsamplingLayer pooling && StockSettings.isSupported(pooling)) {
            return Optional.of(new OneDnnSubsampling(pooling));
        }
        if (!imagesIn || converted) {
            return Optional.empty();
        }
        if (layer instanceof BatchNormalization normalization && StockSettings.isSupported(normalization)) {
            return runningVariance(normalization)
                    .map(variance -> new OneDnnBatchNormalization(normalization, variance, Epilogue.NONE));
        }
        if (layer instanceof GlobalPoolingLayer pooling && StockSettings.isSupported(pooling)) {
            return Optional.of(new OneDnnGlobalPooling(pooling));
        }
        if (layer instanceof ActivationLayer activation && StockSettings.isSupported(activation)) {
            return Optional.of(new OneDnnRelu(activation));
        }
        return Optional.empty();
    }

    /** Another consumer of the network's input would add its gradient to ours, so there must be one then. */
    private InputGradient inputGradient(String input) {
        return graph.getNetworkInputs().contains(input) && consumers(input).size() == 1
                ? InputGradient.UNUSED
                : InputGradient.NEEDED;
    }

    private Optional<RunningVariance> runningVariance(BatchNormalization normalization) {
        if (isUnbiased.test(normalization)) {
            return Optional.of(RunningVariance.UNBIASED);
        }
        return normalization.getClass() == BatchNormalization.class
                ? Optional.of(RunningVariance.BIASED)
                : Optional.empty();
    }

    private static boolean isElementwiseAdd(GraphVertex vertex) {
        return vertex.getClass() == ElementWiseVertex.class
                && ((ElementWiseVertex) vertex).getOp() == ElementWiseVertex.Op.Add;
    }

    /** Whether a vertex surely returns arrays [N, C, H, W]: its type guarantees it, or it keeps the shape of one whose type does. */
    private boolean isImage(String name) {
        var vertex = vertices.get(name);
        if (vertex instanceof ElementWiseVertex || vertex instanceof ScaleVertex || isMergeOfChannels(vertex)) {
            return inputsOf(name).stream().allMatch(this::isImage);
        }
        if (!(vertex instanceof LayerVertex layerVertex)) {
            return false;
        }
        var layer = layerVertex.getLayerConf().getLayer();
        if (layer.getClass() == ConvolutionLayer.class || layer.getClass() == SubsamplingLayer.class) {
            return true;
        }
        return (layer instanceof BatchNormalization || layer instanceof ActivationLayer)
                && layerVertex.getPreProcessor() == null
                && inputsOf(name).stream().allMatch(this::isImage);
    }

    private static boolean isMergeOfChannels(@Nullable GraphVertex vertex) {
        return vertex instanceof MergeVertex merge && merge.getMergeAxis() == CHANNELS;
    }

    /** Puts each ReLU into the vertex before it, where nobody else wants that vertex's output. */
    private void fuse() {
        for (var relu : List.copyOf(vertices.keySet())) {
            if (!(layerOf(relu) instanceof OneDnnRelu)
                    || graph.getNetworkOutputs().contains(relu)) {
                continue;
            }
            var before = inputsOf(relu).get(0);
            if (graph.getNetworkOutputs().contains(before) || consumers(before).size() > 1) {
                continue;
            }
            if (vertices.get(before) instanceof OneDnnAdd) {
                // No parameters: the ReLU's name stays, because its output does.
                vertices.put(relu, new OneDnnAdd(Epilogue.RELU, OneDnnAdd.Gradients.SEPARATE));
                inputs.put(relu, Objects.requireNonNull(inputs.remove(before)));
                vertices.remove(before);
            } else if (layerOf(before) instanceof OneDnnBatchNormalization normalization) {
                normalization.setEpilogue(Epilogue.RELU);
                removeAfter(before, relu);
            } else if (layerOf(before) instanceof OneDnnConvolution convolution
                    && convolution.getActivationFn() instanceof ActivationIdentity) {
                convolution.setActivationFn(new ActivationReLU());
                removeAfter(before, relu);
            }
        }
    }

    /** Removes a vertex whose work the one before it now does, under that one's name, which its parameters have. */
    private void removeAfter(String before, String removed) {
        vertices.remove(removed);
        inputs.remove(removed);
        inputs.values().forEach(names -> names.replaceAll(name -> name.equals(removed) ? before : name));
    }

    private void shareGradients() {
        for (var entry : vertices.entrySet()) {
            if (entry.getValue() instanceof OneDnnAdd add) {
                var left = inputsOf(entry.getKey()).get(0);
                var right = inputsOf(entry.getKey()).get(1);
                if (mayShareGradient(left, right, entry.getKey()) && mayShareGradient(right, left, entry.getKey())) {
                    entry.setValue(new OneDnnAdd(add.getEpilogue(), OneDnnAdd.Gradients.SHARED));
                }
            }
        }
    }

    /**
     * Whether gradients of its other consumers may be added to {@code summing}'s, in place, while {@code reading} has the
     * same array: all of them come after {@code reading} has read it, or before there was an array to share. The
     * backward pass runs against the topological order.
     */
    private boolean mayShareGradient(String summing, String reading, String sum) {
        return isOneDnn(reading)
                && consumers(summing).stream()
                        .filter(consumer -> !consumer.equals(sum))
                        .allMatch(consumer -> isBefore(consumer, reading) || isBefore(sum, consumer));
    }

    /** Ours never change the gradient that they are given; stock layers may. */
    private boolean isOneDnn(String name) {
        var layer = layerOf(name);
        var vertex = vertices.get(name);
        return vertex instanceof OneDnnAdd
                || vertex instanceof OneDnnScale
                || vertex instanceof OneDnnMerge
                || layer instanceof OneDnnConvolution
                || layer instanceof OneDnnBatchNormalization
                || layer instanceof OneDnnSubsampling
                || layer instanceof OneDnnRelu;
    }

    private boolean isBefore(String early, String late) {
        var seen = new HashSet<String>();
        var open = new ArrayList<>(inputsOf(late));
        while (!open.isEmpty()) {
            var name = open.remove(open.size() - 1);
            if (name.equals(early)) {
                return true;
            }
            if (seen.add(name)) {
                open.addAll(inputsOf(name));
            }
        }
        return false;
    }

    private List<String> inputsOf(String name) {
        return inputs.getOrDefault(name, List.of());
    }

    private Set<String> consumers(String name) {
        var consumers = new HashSet<String>();
        inputs.forEach((consumer, fed) -> {
            if (fed.contains(name)) {
                consumers.add(consumer);
            }
        });
        return consumers;
    }

    private @Nullable Layer layerOf(String name) {
        return vertices.get(name) instanceof LayerVertex vertex
                ? vertex.getLayerConf().getLayer()
                : null;
    }
}
