package io.residual.evaluation.export;

import static java.util.Objects.requireNonNull;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.GraphProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes a Deeplearning4j graph of one input and one softmax output as an ONNX graph for inference, opset {@value #OPSET},
 * 32-bit floats, any batch size: {@code images} [batch, channels, height, width] to {@code logits} and {@code probabilities}
 * [batch, classes]. Nodes keep the vertices' names. Unsupported vertices are rejected.
 */
final class OnnxGraph {
    static final int OPSET = 13;
    static final String IMAGES = "images";
    static final String LOGITS = "logits";
    static final String PROBABILITIES = "probabilities";
    private static final String BATCH = "batch";

    private final ComputationGraph network;
    private final ComputationGraphConfiguration configuration;
    private final BatchNormMode batchNorms;
    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final OnnxNodes nodes = new OnnxNodes(graph);
    /** ONNX's name of the output of a vertex, if it is not the vertex's. */
    private final Map<String, String> renamed = new HashMap<>();

    private OnnxGraph(ComputationGraph network, BatchNormMode batchNorms) {
        this.network = network;
        this.configuration = network.getConfiguration();
        this.batchNorms = batchNorms;
    }

    /**
     * The graph with the network's weights.
     *
     * @param network on Deeplearning4j's own layers
     * @param input shape of an image
     * @param classes how many there are
     * @throws ResidualException of kind BAD_RUN if a vertex has no counterpart here
     */
    static GraphProto of(ComputationGraph network, ImageShape input, int classes, BatchNormMode batchNorms) {
        OnnxGraph writer = new OnnxGraph(network, batchNorms);
        writer.write(input, classes);
        return writer.graph.build();
    }

    private void write(ImageShape input, int classes) {
        String output = configuration.getNetworkOutputs().get(0);
        renamed.put(configuration.getNetworkInputs().get(0), IMAGES);
        renamed.put(output, PROBABILITIES);
        renamed.put(vertexInputs(output).get(0), LOGITS);
        signature(graph, input, classes);
        Set<String> folded = batchNorms == BatchNormMode.FOLD ? convolutionsBeforeBatchNorms() : Set.of();
        for (int index : network.topologicalSortOrder()) {
            String name = network.getVertices()[index].getVertexName();
            GraphVertex vertex = configuration.getVertices().get(name);
            if (vertex != null && !folded.contains(name)) {
                vertex(name, vertex, folded);
            }
        }
    }

    /** Adds the graph's name, its input and its outputs. */
    static void signature(GraphProto.Builder graph, ImageShape input, int classes) {
        graph.setName("network")
                .addInput(tensor(IMAGES, input.channels(), input.height(), input.width()))
                .addOutput(tensor(LOGITS, classes))
                .addOutput(tensor(PROBABILITIES, classes));
    }

    private static ValueInfoProto tensor(String name, long... shape) {
        TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE);
        type.getShapeBuilder().addDimBuilder().setDimParam(BATCH);
        for (long length : shape) {
            type.getShapeBuilder().addDimBuilder().setDimValue(length);
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    /** Convolutions whose output goes to one batch norm and nowhere else. */
    private Set<String> convolutionsBeforeBatchNorms() {
        Map<String, List<String>> consumers = new HashMap<>();
        configuration
                .getVertexInputs()
                .forEach((name, inputs) -> inputs.forEach(input ->
                        consumers.computeIfAbsent(input, k -> new ArrayList<>()).add(name)));
        Set<String> convolutions = new HashSet<>();
        consumers.forEach((name, takers) -> {
            if (layer(name) instanceof ConvolutionLayer convolution
                    && convolution.getActivationFn() instanceof ActivationIdentity
                    && takers.size() == 1
                    && layer(takers.get(0)) instanceof BatchNormalization) {
                convolutions.add(name);
            }
        });
        return convolutions;
    }

    private @Nullable Layer layer(String name) {
        return configuration.getVertices().get(name) instanceof LayerVertex vertex
                ? vertex.getLayerConf().getLayer()
                : null;
    }

    private String tensor(String vertex) {
        return renamed.getOrDefault(vertex, vertex);
    }

    private List<String> vertexInputs(String name) {
        return requireNonNull(configuration.getVertexInputs().get(name), name);
    }

    private List<String> inputs(String name) {
        return vertexInputs(name).stream().map(this::tensor).toList();
    }

    private void vertex(String name, GraphVertex vertex, Set<String> folded) {
        if (vertex instanceof LayerVertex layerVertex) {
            if (layerVertex.getPreProcessor() != null) {
                throw unsupported(name, layerVertex.getPreProcessor());
            }
            layer(name, layerVertex.getLayerConf().getLayer(), folded);
        } else if (vertex instanceof ElementWiseVertex sum && sum.getOp() == ElementWiseVertex.Op.Add) {
            nodes.add(inputs(name).size() == 2 ? "Add" : "Sum", tensor(name), inputs(name));
        } else if (vertex instanceof ScaleVertex scale) {
            // Stochastic depth is a scale that varies in training only.
            String factor = nodes.weights(name + ".factor", new float[] {(float) scale.getScaleFactor()});
            nodes.add("Mul", tensor(name), List.of(inputs(name).get(0), factor));
        } else if (vertex instanceof MergeVertex) {
            nodes.add("Concat", tensor(name), inputs(name)).with("axis", 1);
        } else {
            throw unsupported(name, vertex);
        }
    }

    private void layer(String name, Layer layer, Set<String> folded) {
        // Subclasses may compute something else, as 1-D and depthwise convolutions do, so that the exact class
        // decides; batch norms of this project differ from Deeplearning4j's in training only.
        if (layer.getClass() == ConvolutionLayer.class) {
            convolution(name, (ConvolutionLayer) layer, weights(name), bias(name));
        } else if (layer instanceof BatchNormalization batchNorm) {
            String before = vertexInputs(name).get(0);
            if (folded.contains(before)) {
                foldedConvolution(name, before, batchNorm);
            } else {
                batchNorm(name, batchNorm);
            }
        } else if (layer instanceof ActivationLayer activation) {
            activation(name, tensor(name), inputs(name), activation.getActivationFn());
        } else if (layer.getClass() == SubsamplingLayer.class) {
            pooling(name, (SubsamplingLayer) layer);
        } else if (layer instanceof GlobalPoolingLayer pool
                && pool.getPoolingType() == PoolingType.AVG
                && pool.isCollapseDimensions()) {
            nodes.add("GlobalAveragePool", name + ".map", inputs(name));
            nodes.add("Flatten", tensor(name), List.of(name + ".map"));
        } else if (layer.getClass() == DenseLayer.class) {
            dense(name, (DenseLayer) layer);
        } else if (layer instanceof LossLayer loss && loss.getActivationFn() instanceof ActivationSoftmax) {
            nodes.add("Softmax", tensor(name), inputs(name)).with("axis", 1);
        } else {
            throw unsupported(name, layer);
        }
    }

    private float[] weights(String name) {
        return OnnxNodes.floats(parameter(name, "W"));
    }

    private float[] bias(String name) {
        INDArray bias = network.getParam(name + "_b");
        return bias == null ? new float[0] : OnnxNodes.floats(bias);
    }

    private INDArray parameter(String name, String key) {
        return requireNonNull(network.getParam(name + "_" + key), name + "_" + key);
    }

    /** Adds a convolution. No bias is an empty one. */
    private void convolution(String name, ConvolutionLayer layer, float[] weights, float[] bias) {
        List<String> inputs = new ArrayList<>(inputs(name));
        inputs.add(nodes.weights(
                name + ".weight",
                weights,
                layer.getNOut(),
                layer.getNIn(),
                layer.getKernelSize()[0],
                layer.getKernelSize()[1]));
        if (bias.length > 0) {
            inputs.add(nodes.weights(name + ".bias", bias, bias.length));
        }
        String linear = linearOutput(name, layer.getActivationFn());
        OnnxNodes.Node node = nodes.add("Conv", linear, inputs)
                .withEach("kernel_shape", longs(layer.getKernelSize()))
                .withEach("strides", longs(layer.getStride()))
                .withEach("dilations", longs(layer.getDilation()));
        pad(node, name, layer.getConvolutionMode(), layer.getPadding());
        activate(name, linear, layer.getActivationFn());
    }

    /** The convolution with weights W gamma / sqrt(var + eps) and the bias (b - mean) gamma / sqrt(var + eps) + beta. */
    private void foldedConvolution(String batchNormName, String name, BatchNormalization batchNorm) {
        requireVariance(batchNormName, batchNorm);
        float[] weights = weights(name);
        float[] bias = bias(name);
        INDArray gamma = parameter(batchNormName, "gamma");
        INDArray beta = parameter(batchNormName, "beta");
        INDArray mean = parameter(batchNormName, "mean");
        INDArray variance = parameter(batchNormName, "var");
        int channels = Math.toIntExact(gamma.length());
        int perChannel = weights.length / channels;
        float[] shift = new float[channels];
        for (int c = 0; c < channels; c++) {
            double scale = gamma.getDouble(c) / Math.sqrt(variance.getDouble(c) + batchNorm.getEps());
            for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
                weights[i] = (float) (weights[i] * scale);
            }
            double b = bias.length == 0 ? 0 : bias[c];
            shift[c] = (float) ((b - mean.getDouble(c)) * scale + beta.getDouble(c));
        }
        // The consumers of the batch norm's output take the convolution's.
        renamed.put(batchNormName, tensor(name));
        convolution(name, (ConvolutionLayer) requireNonNull(layer(name)), weights, shift);
    }

    private void batchNorm(String name, BatchNormalization layer) {
        requireVariance(name, layer);
        List<String> inputs = new ArrayList<>(inputs(name));
        for (String key : List.of("gamma", "beta", "mean", "var")) {
            INDArray values = parameter(name, key);
            inputs.add(nodes.weights(name + "." + key, values, values.length()));
        }
        nodes.add("BatchNormalization", tensor(name), inputs).with("epsilon", (float) layer.getEps());
    }

    private void requireVariance(String name, BatchNormalization layer) {
        if (layer.isUseLogStd() || layer.isLockGammaBeta()) {
            throw unsupported(name, layer);
        }
    }

    private void pooling(String name, SubsamplingLayer layer) {
        OnnxNodes.Node node = switch (layer.getPoolingType()) {
            case MAX -> nodes.add("MaxPool", tensor(name), inputs(name));
            case AVG ->
                nodes.add("AveragePool", tensor(name), inputs(name))
                        .with("count_include_pad", layer.isAvgPoolIncludePadInDivisor() ? 1 : 0);
            default -> throw unsupported(name, layer);
        };
        node.withEach("kernel_shape", longs(layer.getKernelSize())).withEach("strides", longs(layer.getStride()));
        pad(node, name, layer.getConvolutionMode(), layer.getPadding());
    }

    private void dense(String name, DenseLayer layer) {
        List<String> inputs = new ArrayList<>(inputs(name));
        inputs.add(nodes.weights(name + ".weight", parameter(name, "W"), layer.getNIn(), layer.getNOut()));
        if (layer.hasBias()) {
            inputs.add(nodes.weights(name + ".bias", bias(name), layer.getNOut()));
        }
        String linear = linearOutput(name, layer.getActivationFn());
        nodes.add("Gemm", linear, inputs);
        activate(name, linear, layer.getActivationFn());
    }

    private String linearOutput(String name, IActivation activation) {
        return activation instanceof ActivationIdentity ? tensor(name) : name + ".linear";
    }

    private void activate(String name, String linear, IActivation activation) {
        if (!linear.equals(tensor(name))) {
            activation(name, tensor(name), List.of(linear), activation);
        }
    }

    private void activation(String name, String output, List<String> inputs, IActivation activation) {
        if (activation instanceof ActivationReLU) {
            nodes.add("Relu", output, inputs);
        } else if (activation instanceof ActivationIdentity) {
            nodes.add("Identity", output, inputs);
        } else {
            throw unsupported(name, activation);
        }
    }

    /** With given padding, ONNX rounds output sizes down as the modes here do; otherwise it pads so that no pixel is lost. */
    private static void pad(OnnxNodes.Node node, String name, ConvolutionMode mode, int[] padding) {
        switch (mode) {
            case Truncate, Strict -> node.withEach("pads", padding[0], padding[1], padding[0], padding[1]);
            case Same -> node.with("auto_pad", "SAME_UPPER");
            default -> throw unsupported(name, mode);
        }
    }

    private static long[] longs(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }

    /**
     * The error for a vertex without an ONNX node.
     *
     * @param what the layer, vertex, activation or mode
     */
    private static ResidualException unsupported(String vertex, Object what) {
        return new ResidualException(
                Kind.BAD_RUN,
                vertex + ": no ONNX counterpart of "
                        + (what instanceof Enum<?> ? what : what.getClass().getSimpleName()) + " is known");
    }
}
