package io.residual.onednn.layers;

import io.residual.onednn.OneDnn;
import io.residual.onednn.kernels.Precision;
import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LayerValidation;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution that runs on oneDNN: the settings, parameters and results of {@link ConvolutionLayer} with identity or
 * ReLU activation. Made by {@link OneDnn#accelerate}; public for the sake of (de)serialisation.
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
        var layer = new OneDnnConvolutionLayer(conf, dataType);
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(initializer().init(conf, parameters, initialize));
        layer.setConf(conf);
        return layer;
    }

    @Override
    public OneDnnConvolution clone() {
        return (OneDnnConvolution) super.clone();
    }
}
