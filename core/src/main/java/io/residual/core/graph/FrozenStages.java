package io.residual.core.graph;

import io.residual.core.VertexPaths;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;

/**
 * The part of a network, from the image on, that training leaves as it is: its batch norms use their running statistics, its
 * parameters and statistics keep their values, and the backward pass ends before it. That is what timm's {@code freeze} and
 * torchvision's {@code FrozenBatchNorm2d} do; {@code requires_grad_(False)} alone would leave PyTorch's batch norms in training
 * mode, with statistics that drift to those of the new images.
 *
 * @param stages how many stages are frozen behind the stem, at least 0
 */
public record FrozenStages(int stages) {
    public FrozenStages {
        if (!(stages >= 0)) {
            throw new IllegalArgumentException("frozen stages must be at least 0, got " + stages);
        }
    }

    /** Whether a vertex of a network that {@link ResNetGraph} wrote belongs to it, or one that took over its path. */
    public boolean contains(String vertex) {
        if (vertex.startsWith(VertexPaths.STEM + ".")) {
            return true;
        }
        for (int s = 0; s < stages; s++) {
            if (vertex.startsWith(VertexPaths.stage(s) + ".")) {
                return true;
            }
        }
        return false;
    }

    /**
     * A configuration of the same network with this part frozen. Parameters keep their names.
     *
     * @param configuration of {@link ResNetGraph}, or what another module made of it; stays as it is
     */
    public ComputationGraphConfiguration freeze(ComputationGraphConfiguration configuration) {
        ComputationGraphConfiguration frozen = configuration.clone();
        frozen.getVertices().replaceAll((name, vertex) -> contains(name) ? frozen(vertex) : vertex);
        return frozen;
    }

    private static GraphVertex frozen(GraphVertex vertex) {
        if (!(vertex instanceof LayerVertex layerVertex)) {
            return new FrozenVertex(vertex);
        }
        Layer layer = layerVertex.getLayerConf().getLayer();
        FrozenLayer wrapper = new FrozenLayer(layer);
        wrapper.setLayerName(layer.getLayerName());
        layerVertex.getLayerConf().setLayer(wrapper);
        return layerVertex;
    }
}
