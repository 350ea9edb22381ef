package io.residual.onednn.layers;

import io.residual.onednn.kernels.ElementwiseKernels;
import io.residual.onednn.kernels.Nhwc;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.ActivationLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The layer of {@link OneDnnRelu}: input and output [N, C, H, W]. */
final class OneDnnReluLayer extends ActivationLayer {
    private transient @Nullable INDArray output;

    OneDnnReluLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        if (isUncovered()) {
            return super.activate(training, workspaces);
        }
        var in = Nhwc.dense(input, workspaces, ArrayType.FF_WORKING_MEM);
        var out = Nhwc.activations(workspaces, ArrayType.ACTIVATIONS, Nhwc.Dims.of(input));
        ElementwiseKernels.relu(in, out);
        output = out;
        return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (isUncovered()) {
            return super.backpropGradient(epsilon, workspaces);
        }
        if (output == null) {
            throw new IllegalStateException("Backward pass without a forward pass before it " + layerId());
        }
        var delta = Nhwc.dense(epsilon, workspaces, ArrayType.BP_WORKING_MEM);
        var inGradient = Nhwc.gradient(workspaces, Nhwc.Dims.of(input));
        ElementwiseKernels.reluBackward(output, delta, inGradient);
        return new Pair<>(new DefaultGradient(), inGradient);
    }

    private boolean isUncovered() {
        return dataType != DataType.FLOAT || input.rank() != 4;
    }

    @Override
    public void clear() {
        super.clear();
        output = null;
    }
}
