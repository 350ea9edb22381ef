package io.residual.onednn.layers;

import java.util.Collection;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies a stock layer's settings to the layer that takes its place, and says which settings that layer supports. */
final class StockSettings {
    private StockSettings() {}

    static boolean isRelu(IActivation activation) {
        return new ActivationReLU().equals(activation);
    }

    static boolean isIdentityOrRelu(IActivation activation) {
        return activation instanceof ActivationIdentity || isRelu(activation);
    }

    /** Whether nothing happens to input and parameters before they are used: no dropout, no weight noise. */
    static boolean hasNoDropout(Layer layer) {
        return layer.getIDropout() == null && !(layer instanceof BaseLayer base && base.getWeightNoise() != null);
    }

    static boolean isSupported(ConvolutionLayer layer) {
        return layer.getClass() == ConvolutionLayer.class
                && hasNoDropout(layer)
                && isIdentityOrRelu(layer.getActivationFn())
                && layer.getCnn2dDataFormat() == CNN2DFormat.NCHW
                && layer.getConvolutionMode() != ConvolutionMode.Causal;
    }

    /** Without regard to the class, which decides about the running variance. */
    static boolean isSupported(BatchNormalization layer) {
        return hasNoDropout(layer) && !layer.isLockGammaBeta() && layer.getCnn2DFormat() == CNN2DFormat.NCHW;
    }

    static boolean isSupported(SubsamplingLayer layer) {
        return layer.getClass() == SubsamplingLayer.class
                && hasNoDropout(layer)
                && layer.getCnn2dDataFormat() == CNN2DFormat.NCHW
                && layer.getConvolutionMode() != ConvolutionMode.Causal
                && layer.getDilation()[0] == 1
                && layer.getDilation()[1] == 1
                && switch (layer.getPoolingType()) {
                    case MAX, AVG -> true;
                    case SUM, PNORM -> false;
                };
    }

    static boolean isSupported(GlobalPoolingLayer layer) {
        int[] axes = layer.getPoolingDimensions();
        return layer.getClass() == GlobalPoolingLayer.class
                && hasNoDropout(layer)
                && layer.getPoolingType() == org.deeplearning4j.nn.conf.layers.PoolingType.AVG
                && (axes == null || (axes.length == 2 && axes[0] == 2 && axes[1] == 3));
    }

    static boolean isSupported(ActivationLayer layer) {
        return layer.getClass() == ActivationLayer.class && hasNoDropout(layer) && isRelu(layer.getActivationFn());
    }

    /** Gives a new layer what every layer of Deeplearning4j gets from its configuration. */
    static org.deeplearning4j.nn.api.Layer initialised(
            org.deeplearning4j.nn.api.Layer layer,
            @Nullable Collection<TrainingListener> listeners,
            int index,
            INDArray parameters,
            Map<String, INDArray> table) {
        layer.setListeners(listeners);
        layer.setIndex(index);
        layer.setParamsViewArray(parameters);
        layer.setParamTable(table);
        return layer;
    }

    static void copy(Layer from, Layer to) {
        to.setLayerName(from.getLayerName());
        to.setIDropout(from.getIDropout());
        to.setConstraints(from.getConstraints());
    }

    private static void copy(FeedForwardLayer from, FeedForwardLayer to) {
        copy((Layer) from, (Layer) to);
        to.setActivationFn(from.getActivationFn());
        to.setWeightInitFn(from.getWeightInitFn());
        to.setBiasInit(from.getBiasInit());
        to.setGainInit(from.getGainInit());
        to.setRegularization(from.getRegularization());
        to.setRegularizationBias(from.getRegularizationBias());
        to.setIUpdater(from.getIUpdater());
        to.setBiasUpdater(from.getBiasUpdater());
        to.setWeightNoise(from.getWeightNoise());
        to.setGradientNormalization(from.getGradientNormalization());
        to.setGradientNormalizationThreshold(from.getGradientNormalizationThreshold());
        to.setNIn(from.getNIn());
        to.setNOut(from.getNOut());
        to.setTimeDistributedFormat(from.getTimeDistributedFormat());
    }

    static void copy(ConvolutionLayer from, ConvolutionLayer to) {
        copy((FeedForwardLayer) from, to);
        to.setHasBias(from.hasBias());
        to.setConvolutionMode(from.getConvolutionMode());
        to.setDilation(from.getDilation());
        to.setKernelSize(from.getKernelSize());
        to.setStride(from.getStride());
        to.setPadding(from.getPadding());
        to.setCudnnAllowFallback(from.isCudnnAllowFallback());
        to.setCnn2dDataFormat(from.getCnn2dDataFormat());
        to.setCudnnAlgoMode(from.getCudnnAlgoMode());
        to.setCudnnFwdAlgo(from.getCudnnFwdAlgo());
        to.setCudnnBwdFilterAlgo(from.getCudnnBwdFilterAlgo());
        to.setCudnnBwdDataAlgo(from.getCudnnBwdDataAlgo());
    }

    static void copy(BatchNormalization from, BatchNormalization to) {
        copy((FeedForwardLayer) from, to);
        to.setDecay(from.getDecay());
        to.setEps(from.getEps());
        to.setMinibatch(from.isMinibatch());
        to.setGamma(from.getGamma());
        to.setBeta(from.getBeta());
        to.setLockGammaBeta(from.isLockGammaBeta());
        to.setCudnnAllowFallback(from.isCudnnAllowFallback());
        to.setUseLogStd(from.isUseLogStd());
        to.setCnn2DFormat(from.getCnn2DFormat());
    }

    static void copy(SubsamplingLayer from, SubsamplingLayer to) {
        copy((Layer) from, (Layer) to);
        to.setConvolutionMode(from.getConvolutionMode());
        to.setPoolingType(from.getPoolingType());
        to.setKernelSize(from.getKernelSize());
        to.setStride(from.getStride());
        to.setPadding(from.getPadding());
        to.setDilation(from.getDilation());
        to.setPnorm(from.getPnorm());
        to.setEps(from.getEps());
        to.setCudnnAllowFallback(from.isCudnnAllowFallback());
        to.setCnn2dDataFormat(from.getCnn2dDataFormat());
        to.setAvgPoolIncludePadInDivisor(from.isAvgPoolIncludePadInDivisor());
    }

    static void copy(GlobalPoolingLayer from, GlobalPoolingLayer to) {
        copy((Layer) from, (Layer) to);
        to.setPoolingType(from.getPoolingType());
        to.setPoolingDimensions(from.getPoolingDimensions());
        to.setPnorm(from.getPnorm());
        to.setCollapseDimensions(from.isCollapseDimensions());
    }
}
