package io.residual.onednn.layers;

import io.residual.onednn.kernels.ElementwiseKernels;
import io.residual.onednn.kernels.Nhwc;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.ScaleVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The vertex of {@link OneDnnScale}: input and output [N, C, H, W]. */
@SuppressWarnings("overrides") // the stock vertex overrides varargs by an array
final class OneDnnScaleVertex extends ScaleVertex {
    private final float factor;

    OneDnnScaleVertex(ComputationGraph graph, String name, int index, double factor, DataType dataType) {
        super(graph, name, index, factor, dataType);
        this.factor = (float) factor;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        if (!canDoForward()) {
            throw new IllegalStateException("Forward pass without input in vertex \"" + vertexName + '"');
        }
        if (isUncovered()) {
            return super.doForward(training, workspaces);
        }
        var in = Nhwc.dense(inputs[0], workspaces, ArrayType.FF_WORKING_MEM);
        var out = Nhwc.activations(workspaces, ArrayType.ACTIVATIONS, Nhwc.Dims.of(in));
        ElementwiseKernels.scale(in, factor, out);
        return out;
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        if (!canDoBackward()) {
            throw new IllegalStateException("Backward pass without gradient in vertex \"" + vertexName + '"');
        }
        if (isUncovered()) {
            return super.doBackward(truncated, workspaces);
        }
        var delta = Nhwc.dense(epsilon, workspaces, ArrayType.BP_WORKING_MEM);
        var gradient = Nhwc.gradient(workspaces, Nhwc.Dims.of(delta));
        ElementwiseKernels.scale(delta, factor, gradient);
        return new Pair<>(null, new INDArray[] {gradient});
    }

    private boolean isUncovered() {
        return dataType != DataType.FLOAT || inputs[0].rank() != 4;
    }
}
