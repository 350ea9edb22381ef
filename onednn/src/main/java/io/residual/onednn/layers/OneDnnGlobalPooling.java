package io.residual.onednn.layers;

import io.residual.onednn.OneDnn;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Average pooling over whole images that runs on oneDNN: the settings and results of {@link GlobalPoolingLayer}. Made by
 * {@link OneDnn#accelerate}; public for the sake of (de)serialisation.
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
        var layer = new OneDnnGlobalPoolingLayer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    @Override
    public OneDnnGlobalPooling clone() {
        return (OneDnnGlobalPooling) super.clone();
    }
}
