package io.residual.onednn.layers;

import io.residual.onednn.kernels.ElementwiseKernels;
import io.residual.onednn.kernels.Nhwc;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Images times a number on oneDNN: a {@link ScaleVertex} of an input [N, C, H, W]. Made by {@code OneDnn.accelerate}; public
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
        return new Executed(graph, name, index, scaleFactor, dataType);
    }

    /** Input and output [N, C, H, W]. */
    @SuppressWarnings("overrides") // the stock vertex overrides varargs by an array
    private static final class Executed extends org.deeplearning4j.nn.graph.vertex.impl.ScaleVertex {
        private final float factor;

        Executed(ComputationGraph graph, String name, int index, double factor, DataType dataType) {
            super(graph, name, index, factor, dataType);
            this.factor = (float) factor;
        }

        @Override
        public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
            if (!canDoForward() || isUnsupported()) {
                return super.doForward(training, workspaces);
            }
            var in = Nhwc.dense(inputs[0], workspaces, ArrayType.FF_WORKING_MEM);
            var out = Nhwc.activations(workspaces, ArrayType.ACTIVATIONS, Nhwc.Dims.of(in));
            ElementwiseKernels.scale(in, factor, out);
            return out;
        }

        @Override
        public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
            if (!canDoBackward() || isUnsupported()) {
                return super.doBackward(truncated, workspaces);
            }
            var delta = Nhwc.dense(epsilon, workspaces, ArrayType.BP_WORKING_MEM);
            var gradient = Nhwc.gradient(workspaces, Nhwc.Dims.of(delta));
            ElementwiseKernels.scale(delta, factor, gradient);
            return new Pair<>(null, new INDArray[] {gradient});
        }

        private boolean isUnsupported() {
            return dataType != DataType.FLOAT || inputs[0].rank() != 4;
        }
    }
}
