package io.residual.onednn.layers;

import io.residual.onednn.kernels.ConvolutionShape;
import io.residual.onednn.kernels.Nhwc;
import io.residual.onednn.kernels.NumberType;
import io.residual.onednn.kernels.PoolingKernels;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Average pooling over whole images that runs on oneDNN: the settings and results of {@link GlobalPoolingLayer}. Made by
 * {@code OneDnn.accelerate}; public for the sake of (de)serialisation.
 */
public class OneDnnGlobalPooling extends GlobalPoolingLayer {
    /** For deserialisation. */
    public OneDnnGlobalPooling() {}

    OneDnnGlobalPooling(GlobalPoolingLayer stock) {
        StockSettings.copy(stock, this);
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
    public OneDnnGlobalPooling clone() {
        return (OneDnnGlobalPooling) super.clone();
    }

    /** Input [N, C, H, W], output [N, C], or [N, C, 1, 1] where not collapsed. */
    private static final class Executed extends org.deeplearning4j.nn.layers.pooling.GlobalPoolingLayer {
        Executed(NeuralNetConfiguration conf, DataType dataType) {
            super(conf, dataType);
        }

        private PoolingKernels.Shape shape() {
            var in = Nhwc.Dims.of(input);
            var window = new ConvolutionShape.Window(
                    new ConvolutionShape.Axis(in.h(), in.h(), 1, 0, 0, 1),
                    new ConvolutionShape.Axis(in.w(), in.w(), 1, 0, 0, 1));
            return new PoolingKernels.Shape(
                    in,
                    new Nhwc.Dims(in.n(), in.c(), 1, 1),
                    window,
                    PoolingKernels.Kind.AVERAGE_OF_PRESENT,
                    NumberType.F32);
        }

        @Override
        public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
            assertInputSet(false);
            if (isUnsupported()) {
                return super.activate(training, workspaces);
            }
            var shape = shape();
            var in = Nhwc.dense(input, workspaces, ArrayType.FF_WORKING_MEM);
            var out = workspaces.createUninitialized(
                    ArrayType.ACTIVATIONS, DataType.FLOAT, outputShape(shape.out()), 'c');
            PoolingKernels.inference(shape, Nhwc.address(in), Nhwc.address(out));
            return out;
        }

        private long[] outputShape(Nhwc.Dims out) {
            return layerConf().isCollapseDimensions() ? new long[] {out.n(), out.c()} : out.shape();
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
            assertInputSet(true);
            if (isUnsupported()) {
                return super.backpropGradient(epsilon, workspaces);
            }
            var shape = shape();
            // A dense layer returns its gradient transposed; reshaping copies it then.
            var delta = Nhwc.dense(epsilon.reshape('c', shape.out().shape()), workspaces, ArrayType.BP_WORKING_MEM);
            var inGradient = Nhwc.gradient(workspaces, shape.in());
            PoolingKernels.backward(shape, Nhwc.address(delta), Nhwc.address(inGradient), null);
            return new Pair<>(new DefaultGradient(), inGradient);
        }

        private boolean isUnsupported() {
            return dataType != DataType.FLOAT || input.rank() != 4 || maskArray != null;
        }
    }
}
