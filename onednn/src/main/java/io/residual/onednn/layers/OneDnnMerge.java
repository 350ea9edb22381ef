package io.residual.onednn.layers;

import io.residual.onednn.kernels.ChannelKernels;
import io.residual.onednn.kernels.Nhwc;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images side by side along the channels on oneDNN: a {@link MergeVertex} of inputs [N, C, H, W]. Made by {@code
 * OneDnn.accelerate}; public for the sake of (de)serialisation.
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
        return new Executed(graph, name, index, dataType, getMergeAxis());
    }

    /** Inputs [N, C1, H, W], [N, C2, H, W], ..., output [N, C1 + C2 + ..., H, W]. */
    @SuppressWarnings("overrides") // the stock vertex overrides varargs by an array
    private static final class Executed extends org.deeplearning4j.nn.graph.vertex.impl.MergeVertex {
        Executed(ComputationGraph graph, String name, int index, DataType dataType, int axis) {
            super(graph, name, index, dataType, axis);
        }

        @Override
        public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
            if (!canDoForward() || isUnsupported()) {
                return super.doForward(training, workspaces);
            }
            var first = Nhwc.Dims.of(inputs[0]);
            long channels =
                    Arrays.stream(inputs).mapToLong(input -> input.size(1)).sum();
            var out = Nhwc.activations(
                    workspaces, ArrayType.ACTIVATIONS, new Nhwc.Dims(first.n(), channels, first.h(), first.w()));
            long from = 0;
            for (var input : inputs) {
                ChannelKernels.put(Nhwc.dense(input, workspaces, ArrayType.FF_WORKING_MEM), out, from);
                from += input.size(1);
            }
            return out;
        }

        @Override
        public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
            if (!canDoBackward() || isUnsupported()) {
                return super.doBackward(truncated, workspaces);
            }
            var delta = Nhwc.dense(epsilon, workspaces, ArrayType.BP_WORKING_MEM);
            var gradients = new INDArray[inputs.length];
            long from = 0;
            for (int i = 0; i < inputs.length; i++) {
                gradients[i] = Nhwc.gradient(workspaces, Nhwc.Dims.of(inputs[i]));
                ChannelKernels.take(delta, from, gradients[i]);
                from += inputs[i].size(1);
            }
            return new Pair<>(null, gradients);
        }

        /** Inputs that are no images, or of different sizes or numbers: left to the stock vertex, with its messages. */
        private boolean isUnsupported() {
            if (dataType != DataType.FLOAT || inputs[0].rank() != 4) {
                return true;
            }
            var first = inputs[0];
            return !Arrays.stream(inputs)
                    .allMatch(input -> input.rank() == 4
                            && input.size(0) == first.size(0)
                            && input.size(2) == first.size(2)
                            && input.size(3) == first.size(3));
        }
    }
}
