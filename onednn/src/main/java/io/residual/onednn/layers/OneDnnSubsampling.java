package io.residual.onednn.layers;

import io.residual.onednn.kernels.ConvolutionShape;
import io.residual.onednn.kernels.Nhwc;
import io.residual.onednn.kernels.NumberType;
import io.residual.onednn.kernels.PoolingKernels;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
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
 * Maximum or average pooling that runs on oneDNN: the settings and results of {@link SubsamplingLayer}. Made by {@code
 * OneDnn.accelerate}; public for the sake of (de)serialisation.
 */
public class OneDnnSubsampling extends SubsamplingLayer {
    /** For deserialisation. */
    public OneDnnSubsampling() {}

    OneDnnSubsampling(SubsamplingLayer stock) {
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
    public OneDnnSubsampling clone() {
        return (OneDnnSubsampling) super.clone();
    }

    /** Input [N, C, H, W], output [N, C, H', W']. */
    private static final class Executed extends org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer {
        /** Where the maxima of the last forward pass were, in oneDNN's encoding. */
        private transient @Nullable INDArray indices;

        Executed(NeuralNetConfiguration conf, DataType dataType) {
            super(conf, dataType);
        }

        private PoolingKernels.Shape shape() {
            var settings = layerConf();
            var in = Nhwc.Dims.of(input);
            var window = ConvolutionShape.Window.of(
                    input,
                    settings.getKernelSize(),
                    settings.getStride(),
                    settings.getPadding(),
                    settings.getDilation(),
                    settings.getConvolutionMode());
            var out = new Nhwc.Dims(
                    in.n(), in.c(), window.rows().positions(), window.columns().positions());
            var kind = switch (settings.getPoolingType()) {
                case MAX -> PoolingKernels.Kind.MAX;
                case AVG ->
                    settings.isAvgPoolIncludePadInDivisor()
                            ? PoolingKernels.Kind.AVERAGE_OF_WINDOW
                            : PoolingKernels.Kind.AVERAGE_OF_PRESENT;
                case SUM, PNORM -> throw new IllegalStateException("Not covered: " + settings.getPoolingType());
            };
            return new PoolingKernels.Shape(in, out, window, kind, NumberType.F32);
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
            if (!training) {
                indices = null;
                PoolingKernels.inference(shape, Nhwc.address(in), Nhwc.address(out));
                return out;
            }
            long bytes = PoolingKernels.indexBytes(shape);
            indices = bytes == 0 ? null : workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.INT8, bytes);
            PoolingKernels.forward(shape, Nhwc.address(in), Nhwc.address(out), Nhwc.addressOrNull(indices));
            return out;
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
            assertInputSet(true);
            if (isUnsupported()) {
                return super.backpropGradient(epsilon, workspaces);
            }
            var shape = shape();
            if (shape.kind() == PoolingKernels.Kind.MAX && indices == null) {
                throw new IllegalStateException(
                        "Backward pass without a forward pass in training before it " + layerId());
            }
            var delta = Nhwc.dense(epsilon, workspaces, ArrayType.BP_WORKING_MEM);
            var inGradient = Nhwc.gradient(workspaces, shape.in());
            PoolingKernels.backward(shape, Nhwc.address(delta), Nhwc.address(inGradient), Nhwc.addressOrNull(indices));
            return new Pair<>(new DefaultGradient(), inGradient);
        }

        private boolean isUnsupported() {
            return dataType != DataType.FLOAT || input.rank() != 4;
        }

        @Override
        public void clear() {
            super.clear();
            indices = null;
        }
    }
}
