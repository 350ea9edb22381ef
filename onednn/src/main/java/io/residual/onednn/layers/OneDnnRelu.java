package io.residual.onednn.layers;

import io.residual.onednn.kernels.ElementwiseKernels;
import io.residual.onednn.kernels.Nhwc;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A ReLU that runs on oneDNN: an {@link ActivationLayer} of that activation. Made by {@code OneDnn.accelerate}; public for
 * the sake of (de)serialisation.
 */
public class OneDnnRelu extends ActivationLayer {
    /** For deserialisation. */
    public OneDnnRelu() {}

    OneDnnRelu(ActivationLayer stock) {
        StockSettings.copy(stock, this);
        setActivationFn(new ActivationReLU());
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            @Nullable Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        var table = initializer().init(conf, parameters, initialize);
        return StockSettings.initialised(new Executed(conf, dataType), listeners, index, parameters, table);
    }

    @Override
    public OneDnnRelu clone() {
        return (OneDnnRelu) super.clone();
    }

    /** Input and output [N, C, H, W]. */
    private static final class Executed extends org.deeplearning4j.nn.layers.ActivationLayer {
        private transient @Nullable INDArray output;

        Executed(NeuralNetConfiguration conf, DataType dataType) {
            super(conf, dataType);
        }

        @Override
        public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
            assertInputSet(false);
            if (isUnsupported()) {
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
            if (isUnsupported()) {
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

        private boolean isUnsupported() {
            return dataType != DataType.FLOAT || input.rank() != 4;
        }

        @Override
        public void clear() {
            super.clear();
            output = null;
        }
    }
}
