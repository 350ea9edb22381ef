package io.residual.onednn.layers;

import io.residual.onednn.kernels.ElementwiseKernels;
import io.residual.onednn.kernels.Epilogue;
import io.residual.onednn.kernels.Nhwc;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The vertex of {@link OneDnnAdd}: two inputs and an output [N, C, H, W]. */
@SuppressWarnings("overrides") // the stock vertex overrides varargs by an array
final class OneDnnAddVertex extends ElementWiseVertex {
    private final OneDnnAdd settings;
    private @Nullable INDArray output;

    OneDnnAddVertex(ComputationGraph graph, String name, int index, OneDnnAdd settings, DataType dataType) {
        super(graph, name, index, Op.Add, dataType);
        this.settings = settings;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        if (!canDoForward()) {
            throw new IllegalStateException("Forward pass without inputs in vertex \"" + vertexName + '"');
        }
        if (isUncovered()) {
            var sum = super.doForward(training, workspaces);
            output = rectifies() ? Transforms.relu(sum, false) : null;
            return sum;
        }
        var left = Nhwc.dense(inputs[0], workspaces, ArrayType.FF_WORKING_MEM);
        var right = Nhwc.dense(inputs[1], workspaces, ArrayType.FF_WORKING_MEM);
        var out = Nhwc.activations(workspaces, ArrayType.ACTIVATIONS, Nhwc.Dims.of(left));
        ElementwiseKernels.add(left, right, out, settings.getEpilogue());
        output = rectifies() ? out : null;
        return out;
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        if (!canDoBackward()) {
            throw new IllegalStateException("Backward pass without gradient in vertex \"" + vertexName + '"');
        }
        if (isUncovered()) {
            if (rectifies()) {
                setEpsilon(epsilon.mul(output().gt(0).castTo(dataType)));
            }
            return super.doBackward(truncated, workspaces);
        }
        var delta = Nhwc.dense(epsilon, workspaces, ArrayType.BP_WORKING_MEM);
        var first = Nhwc.gradient(workspaces, Nhwc.Dims.of(delta));
        if (rectifies()) {
            ElementwiseKernels.reluBackward(output(), delta, first);
        } else {
            ElementwiseKernels.copy(delta, first);
        }
        var second = first;
        if (settings.getGradients() == OneDnnAdd.Gradients.SEPARATE) {
            second = Nhwc.gradient(workspaces, Nhwc.Dims.of(delta));
            ElementwiseKernels.copy(first, second);
        }
        return new Pair<>(null, new INDArray[] {first, second});
    }

    private INDArray output() {
        if (output == null) {
            throw new IllegalStateException("Backward pass without forward pass in vertex \"" + vertexName + '"');
        }
        return output;
    }

    private boolean rectifies() {
        return settings.getEpilogue() == Epilogue.RELU;
    }

    /** Sums of other shapes or numbers, and those that repeat one input along an axis: left to the stock vertex. */
    private boolean isUncovered() {
        return dataType != DataType.FLOAT || inputs[0].rank() != 4 || !inputs[0].equalShapes(inputs[1]);
    }

    @Override
    public void clear() {
        super.clear();
        output = null;
    }
}
