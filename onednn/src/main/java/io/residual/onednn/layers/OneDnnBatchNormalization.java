package io.residual.onednn.layers;

import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.BETA;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GAMMA;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GLOBAL_LOG_STD;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GLOBAL_MEAN;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GLOBAL_VAR;

import io.residual.onednn.kernels.Epilogue;
import io.residual.onednn.kernels.Nhwc;
import io.residual.onednn.kernels.NormalizationKernels;
import io.residual.onednn.kernels.NormalizationKernels.Affine;
import io.residual.onednn.kernels.NormalizationKernels.Statistics;
import java.util.Collection;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
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
 * A batch normalization that runs on oneDNN: the settings, parameters and results of {@link BatchNormalization}, with the
 * ReLU that follows it where there is one. Made by {@code OneDnn.accelerate}; public for the sake of (de)serialisation.
 */
public class OneDnnBatchNormalization extends BatchNormalization {
    private RunningVariance runningVariance = RunningVariance.BIASED;
    private Epilogue epilogue = Epilogue.NONE;

    /** For deserialisation. */
    public OneDnnBatchNormalization() {}

    OneDnnBatchNormalization(BatchNormalization stock, RunningVariance runningVariance, Epilogue epilogue) {
        StockSettings.copy(stock, this);
        this.runningVariance = runningVariance;
        this.epilogue = epilogue;
    }

    public RunningVariance getRunningVariance() {
        return runningVariance;
    }

    public void setRunningVariance(RunningVariance runningVariance) {
        this.runningVariance = runningVariance;
    }

    /** {@code NONE} or {@code RELU}. */
    public Epilogue getEpilogue() {
        return epilogue;
    }

    public void setEpilogue(Epilogue epilogue) {
        this.epilogue = epilogue;
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            @Nullable Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        LayerValidation.assertNOutSet("OneDnnBatchNormalization", getLayerName(), index, getNOut());
        var table = initializer().init(conf, parameters, initialize);
        return StockSettings.initialised(new Executed(conf, dataType), listeners, index, parameters, table);
    }

    @Override
    public OneDnnBatchNormalization clone() {
        return (OneDnnBatchNormalization) super.clone();
    }

    /** Input and output [N, C, H, W]. */
    private static final class Executed extends org.deeplearning4j.nn.layers.normalization.BatchNormalization {
        private transient @Nullable Batch batch;

        Executed(NeuralNetConfiguration conf, DataType dataType) {
            super(conf, dataType);
        }

        /**
         * What a forward pass in training leaves for the backward pass.
         *
         * @param mean [C]
         * @param variance biased, [C]
         * @param mask where ReLU was open, in oneDNN's encoding; absent without ReLU
         */
        private record Batch(
                INDArray mean, INDArray variance, @Nullable INDArray mask) {
            Statistics statistics() {
                return Statistics.of(mean, variance);
            }
        }

        private OneDnnBatchNormalization settings() {
            return (OneDnnBatchNormalization) layerConf();
        }

        private NormalizationKernels.Shape shape() {
            if (dataType != DataType.FLOAT
                    || input.rank() != 4
                    || input.size(1) != settings().getNOut()) {
                throw new IllegalStateException(
                        "Expected an input of floats of shape [N, " + settings().getNOut() + ", H, W], got "
                                + input.shapeInfoToString().replace('\n', ' ') + ' ' + layerId());
            }
            return new NormalizationKernels.Shape(
                    Nhwc.Dims.of(input), (float) settings().getEps(), settings().getEpilogue());
        }

        private Affine affine() {
            return Affine.of(getParam(GAMMA), getParam(BETA));
        }

        @Override
        public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
            assertInputSet(false);
            var shape = shape();
            var in = Nhwc.dense(input, workspaces, ArrayType.FF_WORKING_MEM);
            var out = Nhwc.activations(workspaces, ArrayType.ACTIVATIONS, shape.dims());
            if (training) {
                long channels = shape.dims().c();
                long maskBytes = NormalizationKernels.maskBytes(shape);
                var made = new Batch(
                        workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, channels),
                        workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.FLOAT, channels),
                        maskBytes == 0
                                ? null
                                : workspaces.createUninitialized(ArrayType.ACTIVATIONS, DataType.INT8, maskBytes));
                NormalizationKernels.training(shape, in, affine(), made.statistics(), made.mask, out);
                batch = made;
            } else {
                NormalizationKernels.inference(shape, in, affine(), running(workspaces), out);
                batch = null;
            }
            return out;
        }

        private Statistics running(LayerWorkspaceMgr workspaces) {
            var mean = getParam(GLOBAL_MEAN);
            if (!settings().isUseLogStd()) {
                return Statistics.of(mean, getParam(GLOBAL_VAR));
            }
            float[] values = Nhwc.floats(getParam(GLOBAL_LOG_STD));
            for (int c = 0; c < values.length; c++) {
                values[c] = (float) Math.pow(10, 2 * values[c]);
            }
            var variance = workspaces.createUninitialized(ArrayType.FF_WORKING_MEM, DataType.FLOAT, values.length);
            write(values, variance);
            return Statistics.of(mean, variance);
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
            assertInputSet(true);
            if (batch == null) {
                throw new IllegalStateException(
                        "Backward pass without a forward pass in training before it " + layerId());
            }
            var shape = shape();
            var in = Nhwc.dense(input, workspaces, ArrayType.BP_WORKING_MEM);
            var delta = Nhwc.dense(epsilon, workspaces, ArrayType.BP_WORKING_MEM);
            var inGradient = Nhwc.gradient(workspaces, shape.dims());
            var gammaGradient = gradientView(GAMMA);
            var betaGradient = gradientView(BETA);
            NormalizationKernels.backward(
                    shape,
                    in,
                    affine(),
                    batch.statistics(),
                    batch.mask,
                    delta,
                    inGradient,
                    Affine.of(gammaGradient, betaGradient));

            var gradient = new DefaultGradient();
            gradient.setGradientFor(GAMMA, gammaGradient);
            gradient.setGradientFor(BETA, betaGradient);
            addRunningUpdates(gradient, batch, shape.dims());
            return new Pair<>(gradient, inGradient);
        }

        /**
         * Deeplearning4j's way of averaging: the running statistics are parameters, and what is to be subtracted from them
         * is their "gradient", which updaters pass on as it is.
         */
        private void addRunningUpdates(Gradient gradient, Batch last, Nhwc.Dims dims) {
            double rate = 1 - settings().getDecay();
            float[] mean = Nhwc.floats(getParam(GLOBAL_MEAN));
            float[] batchMean = Nhwc.floats(last.mean);
            for (int c = 0; c < mean.length; c++) {
                mean[c] = (float) (rate * (mean[c] - batchMean[c]));
            }
            var meanUpdate = gradientView(GLOBAL_MEAN);
            write(mean, meanUpdate);
            gradient.setGradientFor(GLOBAL_MEAN, meanUpdate);

            double values = (double) dims.n() * dims.h() * dims.w();
            double correction = settings().getRunningVariance() == RunningVariance.UNBIASED && values > 1
                    ? values / (values - 1)
                    : 1;
            float[] batchVariance = Nhwc.floats(last.variance);
            String key = settings().isUseLogStd() ? GLOBAL_LOG_STD : GLOBAL_VAR;
            float[] running = Nhwc.floats(getParam(key));
            for (int c = 0; c < running.length; c++) {
                double observed = correction * batchVariance[c];
                running[c] = (float)
                        (settings().isUseLogStd()
                                ? logStdUpdate(running[c], observed, rate)
                                : rate * (running[c] - observed));
            }
            var varianceUpdate = gradientView(key);
            write(running, varianceUpdate);
            gradient.setGradientFor(key, varianceUpdate);
        }

        /** log10 of the running deviation before the update minus that after it. */
        private static double logStdUpdate(double logStd, double observed, double rate) {
            double before = Math.pow(10, 2 * logStd);
            double after = (1 - rate) * before + rate * observed;
            return 0.5 * Math.log10(before / after);
        }

        private INDArray gradientView(String key) {
            return Objects.requireNonNull(gradientViews.get(key), key);
        }

        private static void write(float[] values, INDArray to) {
            new FloatPointer(Nhwc.address(to)).put(values);
        }

        @Override
        public void clear() {
            super.clear();
            batch = null;
        }
    }
}
