package io.residual.onednn.layers;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Maximum or average pooling that runs on oneDNN: the settings and results of {@link SubsamplingLayer}. Made by {@link
 * OneDnn#accelerate}; public for the sake of (de)serialisation.
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
        var layer = new OneDnnSubsamplingLayer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    @Override
    public OneDnnSubsampling clone() {
        return (OneDnnSubsampling) super.clone();
    }
}
