package io.residual.onednn.layers;

import io.residual.onednn.kernels.ConvolutionKernels;
import io.residual.onednn.kernels.ConvolutionKernels.Shortcut;
import io.residual.onednn.kernels.ConvolutionShape;
import io.residual.onednn.kernels.Epilogue;
import io.residual.onednn.kernels.FoldedWeights;
import io.residual.onednn.kernels.Nhwc;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution for inference only, with the batch normalization, the sum with a shortcut and the ReLU behind it. Its
 * inputs are the image and, where it has one, the shortcut. It has no parameters of the graph's: they are folded.
 */
public final class FoldedConvolution extends GraphVertex {
    private final OneDnnConvolution settings;
    private final FoldedWeights weights;
    private final Shortcut shortcut;
    private final Epilogue epilogue;

    FoldedConvolution(OneDnnConvolution settings, FoldedWeights weights, Shortcut shortcut, Epilogue epilogue) {
        this.settings = settings;
        this.weights = weights;
        this.shortcut = shortcut;
        this.epilogue = epilogue;
    }

    public FoldedWeights weights() {
        return weights;
    }

    Shortcut shortcut() {
        return shortcut;
    }

    Epilogue epilogue() {
        return epilogue;
    }

    FoldedConvolution with(Shortcut newShortcut, Epilogue newEpilogue) {
        return new FoldedConvolution(settings, weights, newShortcut, newEpilogue);
    }

    @Override
    public FoldedConvolution clone() {
        return with(shortcut, epilogue);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public long numParams(boolean backprop) {
        return 0;
    }

    @Override
    public int minVertexInputs() {
        return shortcut == Shortcut.ADDED ? 2 : 1;
    }

    @Override
    public int maxVertexInputs() {
        return minVertexInputs();
    }

    @Override
    public InputType getOutputType(int index, InputType... inputs) {
        return settings.getOutputType(index, inputs[0]);
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputs) {
        return settings.getMemoryReport(inputs[0]);
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph, String name, int index, INDArray parameters, boolean initialize, DataType type) {
        return new Executed(graph, name, index, type, this);
    }

    @SuppressWarnings("overrides") // Deeplearning4j overrides varargs by an array
    private static final class Executed extends BaseGraphVertex {
        private final FoldedConvolution vertex;

        Executed(ComputationGraph graph, String name, int index, DataType type, FoldedConvolution vertex) {
            super(graph, name, index, null, null, type);
            this.vertex = vertex;
        }

        @Override
        public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
            if (inputs[0].rank() != 4 || inputs[0].size(1) != vertex.settings.getNIn()) {
                throw new IllegalArgumentException("Vertex \"" + vertexName + "\" expects images of shape [N, "
                        + vertex.settings.getNIn() + ", H, W], got "
                        + inputs[0].shapeInfoToString().replace('\n', ' '));
            }
            var shape = ConvolutionShape.of(vertex.settings, inputs[0], vertex.settings.getPrecision());
            var in = Nhwc.dense(inputs[0], workspaces, ArrayType.FF_WORKING_MEM);
            INDArray added = null;
            if (vertex.shortcut == Shortcut.ADDED) {
                added = Nhwc.dense(inputs[1], workspaces, ArrayType.FF_WORKING_MEM);
                if (!Nhwc.Dims.of(added).equals(shape.out())) {
                    throw new IllegalArgumentException(
                            "Vertex \"" + vertexName + "\" cannot add " + Nhwc.Dims.of(added) + " to " + shape.out());
                }
            }
            var out = Nhwc.activations(workspaces, ArrayType.ACTIVATIONS, shape.out());
            ConvolutionKernels.infer(shape, in, vertex.weights, added, out, vertex.epilogue);
            return out;
        }

        @Override
        public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
            throw new UnsupportedOperationException("Vertex \"" + vertexName + "\" is for inference only");
        }

        @Override
        public boolean hasLayer() {
            return false;
        }

        @Override
        @SuppressWarnings("NullAway") // Deeplearning4j's way to say that there is none
        public @Nullable Layer getLayer() {
            return null;
        }

        @Override
        public void setBackpropGradientsViewArray(INDArray gradients) {
            throw new UnsupportedOperationException("Vertex \"" + vertexName + "\" has no parameters");
        }

        @Override
        @SuppressWarnings("NullAway") // Deeplearning4j's way to say that there is none
        public @Nullable Pair<INDArray, MaskState> feedForwardMaskArrays(
                INDArray[] masks, MaskState state, int minibatch) {
            return null;
        }

        @Override
        public String toString() {
            return "FoldedConvolution(" + vertexName + ')';
        }
    }
}
