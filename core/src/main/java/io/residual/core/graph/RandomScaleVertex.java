package io.residual.core.graph;

import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.ScaleVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A vertex that multiplies its input by factors drawn for the iteration while it is trained, and by 1 in inference. */
@SuppressWarnings("overrides") // DL4J overrides varargs by an array
abstract class RandomScaleVertex extends ScaleVertex {
    RandomScaleVertex(ComputationGraph graph, String name, int index, DataType dataType) {
        super(graph, name, index, 1, dataType);
    }

    /**
     * Images or their gradient, multiplied by the factors of this iteration, which both passes draw alike.
     *
     * @param images [N, channels, height, width], not changed
     * @param type of the workspace that the result lies in
     */
    abstract INDArray scaled(INDArray images, LayerWorkspaceMgr workspaces, ArrayType type);

    @Override
    public final INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        return training ? scaled(inputs[0], workspaces, ArrayType.ACTIVATIONS) : super.doForward(training, workspaces);
    }

    @Override
    public final Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        return new Pair<>(null, new INDArray[] {scaled(epsilon, workspaces, ArrayType.ACTIVATION_GRAD)});
    }
}
