package io.residual.program;

import io.residual.program.Operation.Pool.Kind;
import io.residual.program.Program.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Reads a Deeplearning4j configuration as a {@link Program}. */
public final class ProgramReader {
    private final ComputationGraphConfiguration graph;
    private final Predicate<? super BatchNormalization> isUnbiased;
    private final Map<String, InputType> shapes;
    private final List<Value> values = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final Map<String, Integer> byVertex = new HashMap<>();
    /** Vertices that multiply by 0, and the one that each reads. */
    private final Map<String, String> zeros = new HashMap<>();

    private ProgramReader(
            ComputationGraphConfiguration graph, InputType input, Predicate<? super BatchNormalization> isUnbiased) {
        this.graph = graph;
        this.isUnbiased = isUnbiased;
        this.shapes = graph.getLayerActivationTypes(input);
        String name = graph.getNetworkInputs().get(0);
        byVertex.put(name, add(name, input));
    }

    /** A configuration that has no program. */
    public static final class UnsupportedNetworkException extends Exception {
        private static final long serialVersionUID = 1;

        UnsupportedNetworkException(String message) {
            super(message);
        }
    }

    /**
     * The program of a network with one input of images and one output, the softmax of a loss layer.
     *
     * @param graph of stock layers, none of a subclass, except as {@code isUnbiased} allows
     * @param input the shape of an image, as {@code setInputTypes} was given it
     * @param isUnbiased for which batch normalizations, among them subclasses, the unbiased variance of a batch is averaged
     * @throws UnsupportedNetworkException if there is a vertex that no operation stands for, with its name
     */
    public static Program read(
            ComputationGraphConfiguration graph, InputType input, Predicate<? super BatchNormalization> isUnbiased)
            throws UnsupportedNetworkException {
        if (graph.getNetworkInputs().size() != 1 || graph.getNetworkOutputs().size() != 1) {
            throw new UnsupportedNetworkException("it has several inputs or outputs");
        }
        if (graph.getDataType() != DataType.FLOAT) {
            throw new UnsupportedNetworkException("its numbers are " + graph.getDataType() + ", not 32-bit floats");
        }
        return new ProgramReader(graph, input, isUnbiased).program();
    }

    private Program program() throws UnsupportedNetworkException {
        String output = graph.getNetworkOutputs().get(0);
        String logits = logits(output);
        for (String name : order(logits)) {
            GraphVertex vertex = Objects.requireNonNull(graph.getVertices().get(name), name);
            if (vertex.getClass() == ScaleVertex.class && ((ScaleVertex) vertex).getScaleFactor() == 0) {
                zeros.put(name, inputs(name).get(0));
            } else {
                byVertex.put(name, vertex(name, vertex));
            }
        }
        return new Program(values, operations, value(graph.getNetworkInputs().get(0)), value(logits));
    }

    private String logits(String output) throws UnsupportedNetworkException {
        if (graph.getVertices().get(output) instanceof LayerVertex vertex
                && vertex.getPreProcessor() == null
                && vertex.getLayerConf().getLayer() instanceof LossLayer loss
                && loss.getLossFn().getClass() == LossMCXENT.class
                && ((LossMCXENT) loss.getLossFn()).getWeights() == null
                && loss.getActivationFn() instanceof ActivationSoftmax) {
            return inputs(output).get(0);
        }
        throw new UnsupportedNetworkException(output + " is not the softmax cross entropy of a loss layer");
    }

    /** The vertices that a vertex depends on and itself, each behind those that it reads; depth first, so that blocks stay together. */
    private List<String> order(String last) {
        Set<String> done = new HashSet<>(graph.getNetworkInputs());
        List<String> order = new ArrayList<>();
        Deque<String> open = new ArrayDeque<>(List.of(last));
        while (!open.isEmpty()) {
            String name = open.peek();
            List<String> missing = done.contains(name)
                    ? List.of()
                    : inputs(name).stream()
                            .filter(input -> !done.contains(input))
                            .toList();
            if (missing.isEmpty()) {
                open.pop();
                if (done.add(name)) {
                    order.add(name);
                }
            } else {
                for (int i = missing.size() - 1; i >= 0; i--) {
                    open.push(missing.get(i));
                }
            }
        }
        return order;
    }

    private List<String> inputs(String vertex) {
        return Objects.requireNonNull(graph.getVertexInputs().get(vertex), vertex);
    }

    private int add(String name, InputType type) {
        Value value = switch (type.getType()) {
            case CNN -> {
                InputType.InputTypeConvolutional images = (InputType.InputTypeConvolutional) type;
                yield new Value(
                        name,
                        Math.toIntExact(images.getChannels()),
                        Math.toIntExact(images.getHeight()),
                        Math.toIntExact(images.getWidth()));
            }
            default -> new Value(name, Math.toIntExact(type.arrayElementsPerExample()), 1, 1);
        };
        values.add(value);
        return values.size() - 1;
    }

    private int value(String vertex) {
        return Objects.requireNonNull(byVertex.get(vertex), vertex);
    }

    private int vertex(String name, GraphVertex vertex) throws UnsupportedNetworkException {
        List<String> inputs = inputs(name);
        if (vertex.getClass() == MergeVertex.class
                && ((MergeVertex) vertex).getMergeAxis() == 1
                && inputs.size() == 2
                && inputs.get(0).equals(zeros.get(inputs.get(1)))) {
            int out = add(name, Objects.requireNonNull(shapes.get(name), name));
            operations.add(new Operation.PadChannels(value(inputs.get(0)), out));
            return out;
        }
        if (!Collections.disjoint(inputs, zeros.keySet())) {
            throw new UnsupportedNetworkException(name + " reads a vertex that multiplies by 0");
        }
        int out = add(name, Objects.requireNonNull(shapes.get(name), name));
        int in = value(inputs.get(0));
        if (vertex.getClass() == ElementWiseVertex.class
                && ((ElementWiseVertex) vertex).getOp() == ElementWiseVertex.Op.Add
                && inputs.size() == 2
                && !inputs.get(0).equals(inputs.get(1))) {
            operations.add(new Operation.Add(in, value(inputs.get(1)), out));
            return out;
        }
        if (vertex.getClass() == LayerVertex.class && ((LayerVertex) vertex).getPreProcessor() == null) {
            Layer layer = ((LayerVertex) vertex).getLayerConf().getLayer();
            if (isPlain(layer) && layer(name, layer, in, out)) {
                return out;
            }
        }
        throw new UnsupportedNetworkException(name + " (" + vertex.getClass().getSimpleName() + ") has no operation");
    }

    /** Whether nothing happens to input and parameters before they are used. */
    private static boolean isPlain(Layer layer) {
        return layer.getIDropout() == null && !(layer instanceof BaseLayer base && base.getWeightNoise() != null);
    }

    private boolean layer(String name, Layer layer, int in, int out) {
        Operation operation = operation(name, layer, in, out);
        return operation != null && operations.add(operation);
    }

    private @Nullable Operation operation(String name, Layer layer, int in, int out) {
        if (layer.getClass() == ConvolutionLayer.class) {
            return convolution(name, (ConvolutionLayer) layer, in, out);
        }
        if (layer.getClass() == DenseLayer.class) {
            return dense(name, (DenseLayer) layer, in, out);
        }
        if (layer instanceof BatchNormalization normalization) {
            return normalization(name, normalization, in, out);
        }
        if (layer.getClass() == ActivationLayer.class) {
            return new ActivationReLU().equals(((ActivationLayer) layer).getActivationFn())
                    ? new Operation.Rectify(in, out)
                    : null;
        }
        if (layer.getClass() == SubsamplingLayer.class) {
            return pooling((SubsamplingLayer) layer, in, out);
        }
        return layer.getClass() == GlobalPoolingLayer.class ? globalPooling((GlobalPoolingLayer) layer, in, out) : null;
    }

    private @Nullable Operation convolution(String name, ConvolutionLayer layer, int in, int out) {
        if (!(layer.getActivationFn() instanceof ActivationIdentity)
                || layer.getCnn2dDataFormat() != CNN2DFormat.NCHW
                || layer.getConvolutionMode() == ConvolutionMode.Causal) {
            return null;
        }
        Window window = window(
                in,
                out,
                layer.getKernelSize(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation(),
                layer.getConvolutionMode());
        return new Operation.Convolve(name, in, out, window, layer.hasBias());
    }

    private @Nullable Operation dense(String name, DenseLayer layer, int in, int out) {
        return layer.getActivationFn() instanceof ActivationIdentity
                        && values.get(in).positions() == 1
                        && !layer.hasLayerNorm()
                ? new Operation.Convolve(name, in, out, Window.over(values.get(in)), layer.hasBias())
                : null;
    }

    private @Nullable Operation normalization(String name, BatchNormalization layer, int in, int out) {
        boolean unbiased = isUnbiased.test(layer);
        return (!unbiased && layer.getClass() != BatchNormalization.class)
                        || layer.isUseLogStd()
                        || layer.isLockGammaBeta()
                        || layer.getCnn2DFormat() != CNN2DFormat.NCHW
                ? null
                : new Operation.Normalize(name, in, out, layer.getEps(), layer.getDecay(), unbiased);
    }

    private @Nullable Operation pooling(SubsamplingLayer layer, int in, int out) {
        Kind kind = switch (layer.getPoolingType()) {
            case MAX -> Kind.MAXIMUM;
            case AVG -> layer.isAvgPoolIncludePadInDivisor() ? null : Kind.MEAN_OF_PRESENT;
            case SUM, PNORM -> null;
        };
        if (kind == null
                || layer.getCnn2dDataFormat() != CNN2DFormat.NCHW
                || layer.getConvolutionMode() == ConvolutionMode.Causal
                || layer.getDilation()[0] != 1
                || layer.getDilation()[1] != 1) {
            return null;
        }
        Window window = window(
                in,
                out,
                layer.getKernelSize(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation(),
                layer.getConvolutionMode());
        return new Operation.Pool(kind, in, out, window);
    }

    private @Nullable Operation globalPooling(GlobalPoolingLayer layer, int in, int out) {
        int[] axes = layer.getPoolingDimensions();
        boolean overImage = axes == null || Arrays.equals(axes, new int[] {2, 3});
        return layer.getPoolingType() == PoolingType.AVG && overImage
                ? new Operation.Pool(Kind.MEAN_OF_PRESENT, in, out, Window.over(values.get(in)))
                : null;
    }

    private Window window(
            int in, int out, int[] kernel, int[] stride, int[] padding, int[] dilation, ConvolutionMode mode) {
        Value from = values.get(in);
        Value to = values.get(out);
        int[] before = mode == ConvolutionMode.Same
                ? ConvolutionUtils.getSameModeTopLeftPadding(
                        new int[] {to.height(), to.width()},
                        new int[] {from.height(), from.width()},
                        kernel,
                        stride,
                        dilation)
                : padding;
        return new Window(
                Window.Axis.of(kernel[0], stride[0], dilation[0], before[0], from.height(), to.height()),
                Window.Axis.of(kernel[1], stride[1], dilation[1], before[1], from.width(), to.width()));
    }
}
