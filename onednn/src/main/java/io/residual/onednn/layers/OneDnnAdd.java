package io.residual.onednn.layers;

import io.residual.onednn.kernels.ElementwiseKernels;
import io.residual.onednn.kernels.Epilogue;
import io.residual.onednn.kernels.Nhwc;
import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The sum of two activations on oneDNN: an {@link ElementWiseVertex} that adds, with the ReLU that follows it where there
 * is one. Made by {@code OneDnn.accelerate}; public for the sake of (de)serialisation.
 */
public class OneDnnAdd extends ElementWiseVertex {
    private final Epilogue epilogue;
    private final Gradients gradients;

    /** How the two inputs get their gradients, which are equal. */
    public enum Gradients {
        /** Each an array of its own. */
        SEPARATE,
        /** Both the same array: right only where nobody changes it while the other input still has to read it. */
        SHARED
    }

    /** A sum followed by {@code NONE} or {@code RELU}. */
    public OneDnnAdd(@JsonProperty("epilogue") Epilogue epilogue, @JsonProperty("gradients") Gradients gradients) {
        super(ElementWiseVertex.Op.Add);
        this.epilogue = epilogue;
        this.gradients = gradients;
    }

    public Epilogue getEpilogue() {
        return epilogue;
    }

    public Gradients getGradients() {
        return gradients;
    }

    @Override
    public OneDnnAdd clone() {
        return new OneDnnAdd(epilogue, gradients);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OneDnnAdd add && add.epilogue == epilogue && add.gradients == gradients;
    }

    @Override
    public int hashCode() {
        return Objects.hash(epilogue, gradients);
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return new Executed(graph, name, index, this, dataType);
    }

    /** Two inputs and an output [N, C, H, W]. */
    @SuppressWarnings("overrides") // the stock vertex overrides varargs by an array
    private static final class Executed extends org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex {
        private final OneDnnAdd settings;
        private @Nullable INDArray output;

        Executed(ComputationGraph graph, String name, int index, OneDnnAdd settings, DataType dataType) {
            super(graph, name, index, org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex.Op.Add, dataType);
            this.settings = settings;
        }

        @Override
        public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
            if (!canDoForward() || isUnsupported()) {
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
            if (!canDoBackward() || isUnsupported()) {
                if (rectifies() && canDoBackward()) {
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
        private boolean isUnsupported() {
            return dataType != DataType.FLOAT || inputs[0].rank() != 4 || !inputs[0].equalShapes(inputs[1]);
        }

        @Override
        public void clear() {
            super.clear();
            output = null;
        }
    }
}
