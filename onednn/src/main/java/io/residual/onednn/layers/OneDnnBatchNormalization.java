package io.residual.onednn.layers;

import io.residual.onednn.OneDnn;
import io.residual.onednn.kernels.Epilogue;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A batch normalization that runs on oneDNN: the settings, parameters and results of {@link BatchNormalization}, with the
 * ReLU that follows it where there is one. Made by {@link OneDnn#accelerate}; public for the sake of (de)serialisation.
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
        var layer = new OneDnnBatchNormalizationLayer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    @Override
    public OneDnnBatchNormalization clone() {
        return (OneDnnBatchNormalization) super.clone();
    }
}
