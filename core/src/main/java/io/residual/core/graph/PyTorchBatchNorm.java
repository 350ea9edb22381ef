package io.residual.core.graph;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J's batch norm with PyTorch's running variance: the moving average takes the unbiased variance of the batch, n / (n - 1)
 * times DL4J's, where n = batch x height x width. Decay 0.9 (momentum 0.1 in PyTorch's words), epsilon 1e-5, the variance
 * stored as itself, not as log10 of its root.
 */
public final class PyTorchBatchNorm extends BatchNormalization {
    public PyTorchBatchNorm() {
        setDecay(0.9);
        setEps(1e-5);
        setUseLogStd(false);
    }

    @Override
    public PyTorchBatchNorm clone() {
        return (PyTorchBatchNorm) super.clone();
    }

    @Override
    public Layer instantiate(
            NeuralNetConfiguration conf,
            Collection<TrainingListener> trainingListeners,
            int layerIndex,
            INDArray layerParamsView,
            boolean initializeParams,
            DataType networkDataType) {
        LayerValidation.assertNOutSet("BatchNormalization", getLayerName(), layerIndex, getNOut());
        Unbiased layer = new Unbiased(conf, networkDataType);
        layer.setListeners(trainingListeners);
        layer.setIndex(layerIndex);
        layer.setParamsViewArray(layerParamsView);
        layer.setParamTable(initializer().init(conf, layerParamsView, initializeParams));
        layer.setConf(conf);
        return layer;
    }

    private static final class Unbiased extends org.deeplearning4j.nn.layers.normalization.BatchNormalization {
        Unbiased(NeuralNetConfiguration conf, DataType dataType) {
            super(conf, dataType);
        }

        @Override
        public INDArray preOutput(INDArray x, TrainingMode training, LayerWorkspaceMgr workspaces) {
            boolean sums = training == TrainingMode.TRAIN && x.dataType() == DataType.FLOAT;
            return super.preOutput(sums ? new DoubleSums(x) : x, training, workspaces);
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
            Pair<Gradient, INDArray> result = super.backpropGradient(epsilon, workspaceMgr);
            correctRunningVariance((double) epsilon.length() / layerConf().getNOut());
            return result;
        }

        /**
         * DL4J takes from the running variance r the update d = (1 - decay) (r - b), b the biased variance of the batch. With
         * u = n / (n - 1), (1 - decay) (r - u b) = u d + (1 - u) (1 - decay) r.
         */
        private void correctRunningVariance(double n) {
            if (!(n > 1)) {
                throw new IllegalStateException(layerConf().getLayerName()
                        + ": batch norm needs more than one value per channel when training, got one image of 1 x 1"
                        + " pixels: use larger batches or images");
            }
            double u = n / (n - 1);
            INDArray update = requireNonNull(gradientViews.get(BatchNormalizationParamInitializer.GLOBAL_VAR));
            INDArray running = requireNonNull(params.get(BatchNormalizationParamInitializer.GLOBAL_VAR));
            update.muli(u).addi(running.mul((1 - u) * (1 - layerConf().getDecay())));
        }
    }
}
