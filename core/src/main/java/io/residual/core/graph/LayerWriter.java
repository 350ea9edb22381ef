package io.residual.core.graph;

import io.residual.core.Convolution;
import io.residual.core.Flavour;
import io.residual.core.Flavour.LastGamma;
import io.residual.core.Window;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.distribution.Distribution;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.Activation;

/** Adds the single layers of a flavour to a graph; each method returns the name of the vertex with the result. */
public final class LayerWriter {
    private final GraphBuilder graph;
    private final Flavour flavour;

    LayerWriter(GraphBuilder graph, Flavour flavour) {
        this.graph = graph;
        this.flavour = flavour;
    }

    String convolution(String path, Convolution convolution, String input) {
        Window window = convolution.window();
        double area = (double) window.kernel() * window.kernel();
        graph.addLayer(
                path,
                new ConvolutionLayer.Builder(window.kernel(), window.kernel())
                        .nIn(convolution.channelsIn())
                        .nOut(convolution.channels())
                        .stride(window.stride(), window.stride())
                        .padding(window.padding(), window.padding())
                        .hasBias(flavour.biased())
                        .activation(Activation.IDENTITY)
                        .weightInit(convolutionWeights(convolution.channelsIn() * area, convolution.channels() * area))
                        .build(),
                input);
        return path;
    }

    String batchNorm(String path, LastGamma scale, String input) {
        PyTorchBatchNorm normalization = new PyTorchBatchNorm();
        if (scale == LastGamma.ZERO) {
            normalization.setGamma(0);
        }
        graph.addLayer(path, normalization, input);
        return path;
    }

    String batchNorm(String path, String input) {
        return batchNorm(path, LastGamma.ONE, input);
    }

    /** DL4J's batch norm ignores its activation (M2.1), so a ReLU is a vertex of its own. */
    String relu(String path, String input) {
        graph.addLayer(path, new ActivationLayer(Activation.RELU), input);
        return path;
    }

    String maxPool(String path, Window window, String input) {
        graph.addLayer(
                path,
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(window.kernel(), window.kernel())
                        .stride(window.stride(), window.stride())
                        .padding(window.padding(), window.padding())
                        .build(),
                input);
        return path;
    }

    /** Every value that the stride falls on: a pool whose window is one value. */
    String subsample(String path, int stride, String input) {
        return averagePool(path, 1, stride, input);
    }

    /**
     * The mean of each square of the stride's side. Where the image ends within a square, the mean is that of the values inside,
     * and the output has as many as a convolution with padding.
     */
    String averagePool(String path, int stride, String input) {
        return averagePool(path, stride, stride, input);
    }

    private String averagePool(String path, int kernel, int stride, String input) {
        graph.addLayer(
                path,
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                        .kernelSize(kernel, kernel)
                        .stride(stride, stride)
                        .convolutionMode(ConvolutionMode.Same)
                        .build(),
                input);
        return path;
    }

    /** As many channels of zeros behind the input's. */
    String doubleChannels(String path, String zeros, String input) {
        graph.addVertex(zeros, new ScaleVertex(0), input);
        graph.addVertex(path, new MergeVertex(), input, zeros);
        return path;
    }

    String dense(String path, int in, int out, String input) {
        graph.addLayer(
                path,
                new DenseLayer.Builder()
                        .nIn(in)
                        .nOut(out)
                        .activation(Activation.IDENTITY)
                        .weightInit(denseWeights(in, out))
                        .build(),
                input);
        return path;
    }

    /** Written out because DL4J divides the fan out of a strided convolution by the stride, which PyTorch does not. */
    private Distribution convolutionWeights(double fanIn, double fanOut) {
        return switch (flavour.initialisation()) {
            case XAVIER_UNIFORM -> uniform(Math.sqrt(6 / (fanIn + fanOut)));
            case KAIMING_NORMAL_FAN_OUT -> new NormalDistribution(0, Math.sqrt(2 / fanOut));
        };
    }

    private Distribution denseWeights(double in, double out) {
        return switch (flavour.initialisation()) {
            case XAVIER_UNIFORM -> uniform(Math.sqrt(6 / (in + out)));
            case KAIMING_NORMAL_FAN_OUT -> uniform(Math.sqrt(1 / in));
        };
    }

    private static Distribution uniform(double bound) {
        return new UniformDistribution(-bound, bound);
    }
}
