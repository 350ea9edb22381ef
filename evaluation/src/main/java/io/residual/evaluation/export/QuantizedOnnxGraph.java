package io.residual.evaluation.export;

import io.residual.core.ImageShape;
import io.residual.program.Operation.Pool;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.inference.ActivationRanges;
import io.residual.program.inference.FoldedWeights;
import io.residual.program.inference.FusedOperation;
import io.residual.program.inference.FusedOperation.Activation;
import io.residual.program.inference.FusedOperation.Convolution;
import io.residual.program.inference.FusedOperation.Mean;
import io.residual.program.inference.FusedOperation.Padding;
import io.residual.program.inference.FusedOperation.Pooling;
import io.residual.program.inference.FusedOperation.Rectification;
import io.residual.program.inference.FusedOperation.Scaling;
import io.residual.program.inference.FusedOperation.Sum;
import io.residual.program.inference.FusedProgram;
import io.residual.program.inference.FusedProgram.Fusing;
import io.residual.program.inference.Quantization;
import io.residual.program.inference.Quantization.Sign;
import io.residual.program.inference.Quantization.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import onnx.Onnx.GraphProto;

/**
 * Writes a program as an ONNX graph of 8-bit integers, opset {@value OnnxGraph#OPSET}, with the inputs and outputs of {@link
 * OnnxGraph}. Integers are written as pairs of QuantizeLinear and DequantizeLinear (QDQ), from which runtimes make integer
 * kernels: weights signed, with a step for each output channel; activations unsigned, with zero at 0 behind a ReLU and at 128
 * elsewhere. What is added to a shortcut is rounded before the sum, too, as those kernels do.
 */
final class QuantizedOnnxGraph {
    /** The zero of activations that may be negative. */
    private static final int MIDDLE = 128;

    private final Program program;
    private final FusedProgram fused;
    private final Quantization quantization;
    private final ActivationRanges ranges;
    private final Function<String, float[]> parameters;
    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final OnnxNodes nodes = new OnnxNodes(graph);
    /** The tensor of each value, as its readers get it. */
    private final Map<Integer, String> tensors = new HashMap<>();

    private QuantizedOnnxGraph(Program program, Function<String, float[]> parameters, ActivationRanges ranges) {
        this.program = program;
        this.fused = FusedProgram.of(program, Fusing.ALL);
        this.quantization = Quantization.of(fused, ranges);
        this.ranges = ranges;
        this.parameters = parameters;
    }

    /**
     * The graph of a program.
     *
     * @param parameters by name, each a new array in the order that the operations describe
     */
    static GraphProto of(Program program, Function<String, float[]> parameters, ActivationRanges ranges) {
        QuantizedOnnxGraph writer = new QuantizedOnnxGraph(program, parameters, ranges);
        writer.write();
        return writer.graph.build();
    }

    private void write() {
        Value input = program.value(program.input());
        ImageShape shape = new ImageShape(input.channels(), input.height(), input.width());
        OnnxGraph.signature(graph, shape, program.value(program.logits()).channels());
        define(program.input(), OnnxGraph.IMAGES);
        fused.operations().forEach(this::operation);
        nodes.add("Flatten", OnnxGraph.LOGITS, List.of(tensor(program.logits())));
        nodes.add("Softmax", OnnxGraph.PROBABILITIES, List.of(OnnxGraph.LOGITS)).with("axis", 1);
    }

    private void operation(FusedOperation operation) {
        String name = name(operation.out());
        if (operation instanceof Convolution convolution) {
            convolution(convolution, name);
        } else if (operation instanceof Scaling scaling) {
            scaling(scaling, name);
        } else if (operation instanceof Sum sum) {
            nodes.add("Add", name + ".sum", List.of(tensor(sum.left()), tensor(sum.right())));
            activate(operation.out(), name, name + ".sum", sum.activation());
        } else if (operation instanceof Rectification relu) {
            activate(operation.out(), name, tensor(relu.in()), Activation.RELU);
        } else if (operation instanceof Pooling pooling) {
            pool(pooling.pool(), name);
        } else if (operation instanceof Mean mean) {
            nodes.add("GlobalAveragePool", name, List.of(tensor(mean.in())));
            define(operation.out(), name);
        } else if (operation instanceof Padding padding) {
            int more = program.value(padding.out()).channels()
                    - program.value(padding.pad().in()).channels();
            String pads = nodes.longs(name + ".pads", 0, 0, 0, 0, 0, more, 0, 0);
            nodes.add("Pad", name, List.of(tensor(padding.pad().in()), pads));
            define(operation.out(), name);
        }
    }

    private String name(int value) {
        return program.value(value).vertex();
    }

    private String tensor(int value) {
        return Objects.requireNonNull(tensors.get(value), name(value));
    }

    /** Gives a value to its readers, as integers if it is of those. */
    private void define(int value, String tensor) {
        tensors.put(
                value,
                quantization
                        .step(value)
                        .map(step -> integers(tensor, tensor, step))
                        .orElse(tensor));
    }

    /** A tensor, rounded to integers. */
    private String integers(String tensor, String name, Step step) {
        String size = nodes.weights(name + ".step", new float[] {step.size()});
        String zero = nodes.unsigned(name + ".zero", step.sign() == Sign.SIGNED ? MIDDLE : 0);
        nodes.add("QuantizeLinear", name + ".integers", List.of(tensor, size, zero));
        nodes.add("DequantizeLinear", name + ".rounded", List.of(name + ".integers", size, zero));
        return name + ".rounded";
    }

    private void activate(int value, String name, String linear, Activation activation) {
        if (activation == Activation.RELU) {
            nodes.add("Relu", name + ".relu", List.of(linear));
            define(value, name + ".relu");
        } else {
            define(value, linear);
        }
    }

    private void convolution(Convolution operation, String name) {
        int in = operation.convolve().in();
        int channels = program.value(operation.out()).channels();
        FoldedWeights folded = FoldedWeights.of(operation, channels, parameters);
        Window window = operation.convolve().window();
        long[] shape = {
            channels,
            program.value(in).channels(),
            window.rows().size(),
            window.columns().size()
        };
        List<String> inputs = new ArrayList<>(List.of(tensor(in)));
        Optional<Step> step = quantization.step(in);
        if (step.isPresent()) {
            inputs.addAll(integerWeights(name, folded, step.get().size(), shape));
        } else {
            inputs.add(nodes.weights(name + ".weight", folded.weights(), shape));
            inputs.add(nodes.weights(name + ".bias", folded.bias(), channels));
        }
        String linear = name + ".convolved";
        slide(nodes.add("Conv", linear, inputs), window)
                .withEach(
                        "dilations", window.rows().dilation(), window.columns().dilation());
        if (operation.addend().isPresent()) {
            Step summand = Quantization.step(program.value(operation.summand()), ranges, Sign.SIGNED);
            String rounded = integers(linear, linear, summand);
            linear = name + ".sum";
            nodes.add("Add", linear, List.of(rounded, tensor(operation.addend().getAsInt())));
        }
        activate(operation.out(), name, linear, operation.activation());
    }

    private List<String> integerWeights(String name, FoldedWeights folded, float inStep, long[] shape) {
        Quantization.Weights weights = Quantization.Weights.of(folded, inStep);
        int channels = weights.steps().length;
        float[] biasSteps = new float[channels];
        int[] bias = new int[channels];
        for (int c = 0; c < channels; c++) {
            biasSteps[c] = inStep * weights.steps()[c];
            bias[c] = (int) Math.round((double) folded.bias()[c] / biasSteps[c]);
        }
        String values = nodes.bytes(name + ".weight", weights.values(), shape);
        String steps = nodes.weights(name + ".weight.step", weights.steps(), channels);
        nodes.add("DequantizeLinear", name + ".weight.rounded", List.of(values, steps))
                .with("axis", 0);
        String biases = nodes.integers(name + ".bias", bias, channels);
        String sizes = nodes.weights(name + ".bias.step", biasSteps, channels);
        nodes.add("DequantizeLinear", name + ".bias.rounded", List.of(biases, sizes))
                .with("axis", 0);
        return List.of(name + ".weight.rounded", name + ".bias.rounded");
    }

    private static OnnxNodes.Node slide(OnnxNodes.Node node, Window window) {
        return node.withEach(
                        "kernel_shape", window.rows().size(), window.columns().size())
                .withEach("strides", window.rows().stride(), window.columns().stride())
                .withEach(
                        "pads",
                        window.rows().before(),
                        window.columns().before(),
                        window.rows().after(),
                        window.columns().after());
    }

    private void scaling(Scaling operation, String name) {
        FoldedWeights folded = FoldedWeights.of(operation.normalize(), parameters);
        int channels = folded.bias().length;
        String factor = nodes.weights(name + ".factor", folded.weights(), channels, 1, 1);
        String shift = nodes.weights(name + ".shift", folded.bias(), channels, 1, 1);
        nodes.add("Mul", name + ".scaled", List.of(tensor(operation.normalize().in()), factor));
        nodes.add("Add", name + ".shifted", List.of(name + ".scaled", shift));
        activate(operation.out(), name, name + ".shifted", operation.activation());
    }

    private void pool(Pool pool, String name) {
        OnnxNodes.Node node = switch (pool.kind()) {
            case MAXIMUM -> nodes.add("MaxPool", name, List.of(tensor(pool.in())));
            case MEAN_OF_PRESENT -> nodes.add("AveragePool", name, List.of(tensor(pool.in())));
        };
        slide(node, pool.window());
        define(pool.out(), name);
    }
}
