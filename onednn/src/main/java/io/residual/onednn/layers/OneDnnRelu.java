package io.residual.onednn.layers;

import io.residual.onednn.OneDnn;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A ReLU that runs on oneDNN: an {@link ActivationLayer} of that activation. Made by {@link OneDnn#accelerate}; public for
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
        var layer = new OneDnnReluLayer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    @Override
    public OneDnnRelu clone() {
        return (OneDnnRelu) super.clone();
    }
}
