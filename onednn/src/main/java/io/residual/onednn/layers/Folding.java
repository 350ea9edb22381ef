package io.residual.onednn.layers;

import io.residual.onednn.kernels.ConvolutionKernels.Shortcut;
import io.residual.onednn.kernels.Epilogue;
import io.residual.onednn.kernels.FoldedWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** Rewrites a copy of an accelerated configuration for inference: what follows a convolution becomes part of it. */
public final class Folding {
    private final ComputationGraphConfiguration graph;
    private final Map<String, GraphVertex> vertices;
    private final Map<String, List<String>> inputs;

    private Folding(ComputationGraphConfiguration accelerated) {
        graph = accelerated.clone();
        vertices = graph.getVertices();
        inputs = graph.getVertexInputs();
    }

    public static ComputationGraphConfiguration of(ComputationGraphConfiguration accelerated) {
        var folding = new Folding(accelerated);
        folding.vertices.replaceAll((name, vertex) -> unfrozen(vertex));
        for (var name : List.copyOf(folding.vertices.keySet())) {
            folding.foldConvolution(name);
        }
        for (var name : List.copyOf(folding.vertices.keySet())) {
            folding.foldSum(name);
        }
        return folding.graph;
    }

    /** What is frozen computes the same in training and in inference, so the difference does not matter here. */
    private static GraphVertex unfrozen(GraphVertex vertex) {
        if (vertex instanceof FrozenVertex frozen) {
            return frozen.getUnderlying();
        }
        if (vertex instanceof LayerVertex layer && layer.getLayerConf().getLayer() instanceof FrozenLayer frozen) {
            layer.getLayerConf().setLayer(frozen.getLayer());
        }
        return vertex;
    }

    private void foldConvolution(String name) {
        if (!(vertices.get(name) instanceof LayerVertex vertex)
                || !(vertex.getLayerConf().getLayer() instanceof OneDnnConvolution convolution)
                || vertex.getPreProcessor() != null) {
            return;
        }
        var settings = convolution.clone();
        settings.setHasBias(true);
        var next = onlyConsumer(name);
        if (convolution.getActivationFn() instanceof ActivationIdentity
                && next != null
                && layerOf(next) instanceof OneDnnBatchNormalization normalization) {
            // The name of the normalization stays, because its output does.
            var weights = new FoldedWeights(name, convolution, next, normalization);
            vertices.put(next, new FoldedConvolution(settings, weights, Shortcut.ABSENT, normalization.getEpilogue()));
            inputs.put(next, Objects.requireNonNull(inputs.remove(name)));
            vertices.remove(name);
        } else {
            var weights = new FoldedWeights(name, convolution, null, null);
            var epilogue = StockSettings.isRelu(convolution.getActivationFn()) ? Epilogue.RELU : Epilogue.NONE;
            vertices.put(name, new FoldedConvolution(settings, weights, Shortcut.ABSENT, epilogue));
        }
    }

    private void foldSum(String name) {
        if (!(vertices.get(name) instanceof OneDnnAdd add)) {
            return;
        }
        var addends = Objects.requireNonNull(inputs.get(name));
        for (int i = 0; i < 2; i++) {
            var addend = addends.get(i);
            if (vertices.get(addend) instanceof FoldedConvolution convolution
                    && convolution.epilogue() == Epilogue.NONE
                    && convolution.shortcut() == Shortcut.ABSENT
                    && name.equals(onlyConsumer(addend))) {
                vertices.put(name, convolution.with(Shortcut.ADDED, add.getEpilogue()));
                vertices.remove(addend);
                var image = Objects.requireNonNull(inputs.remove(addend)).get(0);
                inputs.put(name, new ArrayList<>(List.of(image, addends.get(1 - i))));
                return;
            }
        }
    }

    /** The one vertex that uses another's output; null where there are several, or the network's user is one. */
    private @Nullable String onlyConsumer(String name) {
        var consumers = inputs.entrySet().stream()
                .filter(entry -> entry.getValue().contains(name))
                .map(Map.Entry::getKey)
                .toList();
        return consumers.size() == 1 && !graph.getNetworkOutputs().contains(name) ? consumers.get(0) : null;
    }

    private @Nullable Layer layerOf(String name) {
        return vertices.get(name) instanceof LayerVertex vertex && vertex.getPreProcessor() == null
                ? vertex.getLayerConf().getLayer()
                : null;
    }
}
