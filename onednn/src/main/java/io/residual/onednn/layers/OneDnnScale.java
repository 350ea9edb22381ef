package io.residual.onednn.layers;

import io.residual.onednn.OneDnn;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Images times a number on oneDNN: a {@link ScaleVertex} of an input [N, C, H, W]. Made by {@link OneDnn#accelerate}; public
 * for the sake of (de)serialisation.
 */
public class OneDnnScale extends ScaleVertex {
    public OneDnnScale(@JsonProperty("scaleFactor") double scaleFactor) {
        super(scaleFactor);
    }

    @Override
    public OneDnnScale clone() {
        return new OneDnnScale(scaleFactor);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OneDnnScale scale && scale.scaleFactor == scaleFactor;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(scaleFactor);
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return new OneDnnScaleVertex(graph, name, index, scaleFactor, dataType);
    }
}
