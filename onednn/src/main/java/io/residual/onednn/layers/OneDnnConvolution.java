package io.residual.onednn.layers;

import io.residual.onednn.kernels.ConvolutionKernels;
import io.residual.onednn.kernels.ConvolutionShape;
import io.residual.onednn.kernels.ElementwiseKernels;
import io.residual.onednn.kernels.Epilogue;
import io.residual.onednn.kernels.Nhwc;
import io.residual.onednn.kernels.Precision;
import java.util.Collection;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution that runs on oneDNN: the settings, parameters and results of {@link ConvolutionLayer} with identity or
 * ReLU activation. Made by {@code OneDnn.accelerate}; public for the sake of (de)serialisation.
 */
public class OneDnnConvolution extends ConvolutionLayer {
    private Precision precision = Precision.F32;
    private InputGradient inputGradient = InputGradient.NEEDED;

    /** For deserialisation. */
    public OneDnnConvolution() {}

    OneDnnConvolution(ConvolutionLayer stock, Precision precision, InputGradient inputGradient) {
        StockSettings.copy(stock, this);
        this.precision = precision;
        this.inputGradient = inputGradient;
    }

    public Precision getPrecision() {
        return precision;
    }

    public void setPrecision(Precision precision) {
        this.precision = precision;
    }

    public InputGradient getInputGradient() {
        return inputGradient;
    }

    public void setInputGradient(InputGradient inputGradient) {
        this.inputGradient = inputGradient;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            @Nullable Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        LayerValidation.assertNInNOutSet("OneDnnConvolution", getLayerName(), index, getNIn(), getNOut());
        var table = initializer().init(conf, parameters, initialize);
        return StockSettings.initialised(new Executed(conf, dataType), listeners, index, parameters, table);
    }

    @Override
    public OneDnnConvolution clone() {
        return (OneDnnConvolution) super.clone();
    }

    /** Input [N, C, H, W], output [N, O, H', W']. */
    private static final class Executed extends org.deeplearning4j.nn.layers.convolution.ConvolutionLayer {
        /** What the last forward pass returned; its zeros show the backward pass where ReLU was closed. */
        private transient @Nullable INDArray output;

        Executed(NeuralNetConfiguration conf, DataType dataType) {
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
            if (isUnsupported()) {
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
            if (isUnsupported()) {
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
                ConvolutionKernels.backwardData(
                        shape, delta, getParam(ConvolutionParamInitializer.WEIGHT_KEY), inGradient);
            }
            return new Pair<>(gradient, inGradient);
        }

        /** What {@code OneDnn.accelerate} cannot see: a network of other numbers than 32-bit floats. */
        private boolean isUnsupported() {
            return dataType != DataType.FLOAT;
        }

        @Override
        public void clear() {
            super.clear();
            output = null;
        }
    }
}
