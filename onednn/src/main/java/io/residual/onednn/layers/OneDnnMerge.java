package io.residual.onednn.layers;

import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images side by side along the channels on oneDNN: a {@link MergeVertex} of inputs [N, C, H, W]. Made by {@link
 * OneDnn#accelerate}; public for the sake of (de)serialisation.
 */
public class OneDnnMerge extends MergeVertex {
    @Override
    public OneDnnMerge clone() {
        var clone = new OneDnnMerge();
        clone.setMergeAxis(getMergeAxis());
        clone.setModified(isModified());
        return clone;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OneDnnMerge merge && merge.getMergeAxis() == getMergeAxis();
    }

    @Override
    public int hashCode() {
        return OneDnnMerge.class.hashCode() + getMergeAxis();
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return new OneDnnMergeVertex(graph, name, index, dataType, getMergeAxis());
    }
}
