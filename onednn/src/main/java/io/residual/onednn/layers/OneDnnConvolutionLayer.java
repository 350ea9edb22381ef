package io.residual.onednn.layers;

import io.residual.onednn.OneDnn;
import io.residual.onednn.kernels.ConvolutionKernels;
import io.residual.onednn.kernels.ConvolutionShape;
import io.residual.onednn.kernels.ElementwiseKernels;
import io.residual.onednn.kernels.Epilogue;
import io.residual.onednn.kernels.Nhwc;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The layer of {@link OneDnnConvolution}: input [N, C, H, W], output [N, O, H', W']. */
final class OneDnnConvolutionLayer extends ConvolutionLayer {
    /** What the last forward pass returned; its zeros tell the backward pass where ReLU was closed. */
    private transient @Nullable INDArray output;

    OneDnnConvolutionLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }

    private OneDnnConvolution settings() {
        return (OneDnnConvolution) layerConf();
    }

    private ConvolutionShape shape() {
        validateInputRank();
        validateInputDepth(settings().getNIn());
        return ConvolutionShape.of(settings(), input, settings().getPrecision());
    }

    private @Nullable INDArray bias() {
        return hasBias() ? getParam(ConvolutionParamInitializer.BIAS_KEY) : null;
    }

    private boolean rectifies() {
        return StockSettings.isRelu(settings().getActivationFn());
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
        assertInputSet(false);
        if (isUncovered()) {
            return super.activate(training, workspaces);
        }
        var shape = shape();
        var in = Nhwc.dense(input, workspaces, ArrayType.FF_WORKING_MEM);
        var out = Nhwc.activations(workspaces, ArrayType.ACTIVATIONS, shape.out());
        ConvolutionKernels.forward(
                shape,
                in,
                getParam(ConvolutionParamInitializer.WEIGHT_KEY),
                bias(),
                out,
                rectifies() ? Epilogue.RELU : Epilogue.NONE);
        output = rectifies() ? out : null;
        return out;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
        assertInputSet(true);
        if (isUncovered()) {
            return super.backpropGradient(epsilon, workspaces);
        }
        var shape = shape();
        var in = Nhwc.dense(input, workspaces, ArrayType.BP_WORKING_MEM);
        var delta = Nhwc.dense(epsilon, workspaces, ArrayType.BP_WORKING_MEM);
        if (rectifies()) {
            if (output == null) {
                throw new IllegalStateException("Backward pass without a forward pass before it " + layerId());
            }
            var masked = Nhwc.activations(workspaces, ArrayType.BP_WORKING_MEM, shape.out());
            ElementwiseKernels.reluBackward(output, delta, masked);
            delta = masked;
        }

        var weightGradient = Objects.requireNonNull(gradientViews.get(ConvolutionParamInitializer.WEIGHT_KEY));
        var biasGradient = hasBias() ? gradientViews.get(ConvolutionParamInitializer.BIAS_KEY) : null;
        ConvolutionKernels.backwardWeights(shape, in, delta, weightGradient, biasGradient);
        var gradient = new DefaultGradient();
        if (biasGradient != null) {
            gradient.setGradientFor(ConvolutionParamInitializer.BIAS_KEY, biasGradient);
        }
        gradient.setGradientFor(ConvolutionParamInitializer.WEIGHT_KEY, weightGradient, 'c');

        INDArray inGradient = null;
        if (settings().getInputGradient() == InputGradient.NEEDED) {
            inGradient = Nhwc.gradient(workspaces, shape.in());
            ConvolutionKernels.backwardData(shape, delta, getParam(ConvolutionParamInitializer.WEIGHT_KEY), inGradient);
        }
        return new Pair<>(gradient, inGradient);
    }

    /** What {@link OneDnn#accelerate} cannot see: a network of other numbers than 32-bit floats. */
    private boolean isUncovered() {
        return dataType != DataType.FLOAT;
    }

    @Override
    public void clear() {
        super.clear();
        output = null;
    }
}
