package io.residual.training.network;

import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.StochasticDepth;
import io.residual.core.VertexPaths;
import io.residual.core.graph.FrozenStages;
import io.residual.core.graph.PyTorchBatchNorm;
import io.residual.core.graph.ResNetGraph;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsWriter;
import io.residual.core.weights.ModuleNaming;
import io.residual.core.weights.NetworkWeights;
import io.residual.core.weights.PretrainedWeights;
import io.residual.onednn.InferenceGraph;
import io.residual.onednn.OneDnn;
import io.residual.onednn.inference.CompiledInference;
import io.residual.onednn.step.CompiledStep;
import io.residual.onednn.step.CompiledStep.Resizing;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import io.residual.program.inference.ActivationRanges;
import io.residual.program.inference.FusedProgram;
import io.residual.program.inference.FusedProgram.Fusing;
import io.residual.program.inference.Quantization;
import io.residual.training.config.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.NoOp;

/** A network that trains and predicts on the kernels it was made for. Its parameters have the same names on either. */
public final class Network implements GraphNetwork {
    private static final Logger LOG = LogManager.getLogger(Network.class);
    private static final String STOCK_KERNELS = "its kernels are Deeplearning4j's own";

    private final ResNetSpec spec;
    private final ComputationGraph graph;
    /** Absent where the graph itself predicts. */
    private final @Nullable InferenceGraph inference;

    /** What is compiled for inference; none if the graph itself predicts. */
    private final Optional<Program> inferenceProgram;

    private final Compilation compilation;
    private final Precision precision;

    private Network(
            ResNetSpec spec,
            ComputationGraph graph,
            Optional<Program> inferenceProgram,
            Compilation compilation,
            Precision precision) {
        this.spec = spec;
        this.graph = graph;
        this.inferenceProgram = inferenceProgram;
        this.inference = inferenceProgram
                .map(program -> OneDnn.inference(program, graph))
                .orElse(null);
        this.compilation = compilation;
        this.precision = precision;
    }

    /** What training compiles, by the size of its images, or why it goes layer by layer. */
    private record Compilation(Optional<Resizing> programs, String reason) {
        static Compilation none(String reason) {
            return new Compilation(Optional.empty(), reason);
        }
    }

    /** A network before its first step, all of whose numbers are of 32 bits. */
    public static Network initial(ResNetSpec spec, long seed, ComputeKernels kernels) {
        return initial(spec, seed, kernels, Precision.FLOAT32, Optional.empty());
    }

    /**
     * A network before its first step.
     *
     * @param seed of the weights, which do not depend on the kernels
     * @param precision of the kernels
     * @param frozen the part that training leaves as it is, if any
     */
    public static Network initial(
            ResNetSpec spec, long seed, ComputeKernels kernels, Precision precision, Optional<FrozenStages> frozen) {
        // Deeplearning4j only computes gradients: training makes its steps itself.
        ComputationGraphConfiguration configuration = ResNetGraph.configuration(spec, new NoOp(), seed);
        ComputationGraph stock = new ComputationGraph(configuration);
        stock.init();
        if (kernels == ComputeKernels.STOCK && frozen.isEmpty()) {
            return new Network(spec, stock, Optional.empty(), Compilation.none(STOCK_KERNELS), precision);
        }
        ComputationGraphConfiguration used = kernels == ComputeKernels.STOCK
                ? configuration
                : OneDnn.accelerate(configuration, PyTorchBatchNorm.class::isInstance, operands(precision));
        ComputationGraph graph =
                new ComputationGraph(frozen.isEmpty() ? used : frozen.get().freeze(used));
        graph.init();
        OneDnn.copyParameters(stock, graph);
        boolean stockKernels = kernels == ComputeKernels.STOCK;
        return new Network(
                spec,
                graph,
                stockKernels ? Optional.empty() : inferenceProgram(spec),
                stockKernels
                        ? Compilation.none(STOCK_KERNELS)
                        : frozen.isPresent()
                                ? Compilation.none("a part of the network is frozen")
                                : compilation(configuration, spec.input()),
                precision);
    }

    private static Compilation compilation(ComputationGraphConfiguration configuration, ImageShape input) {
        if (CompiledStep.reasonUnavailable().isPresent()) {
            return Compilation.none(CompiledStep.reasonUnavailable().get());
        }
        try {
            Program program = program(configuration, input);
            return new Compilation(
                    Optional.of((height, width) -> height == input.height() && width == input.width()
                            ? program
                            : resized(configuration, new ImageShape(input.channels(), height, width))),
                    "");
        } catch (UnsupportedNetworkException e) {
            return Compilation.none(Objects.requireNonNull(e.getMessage()));
        }
    }

    private static Program resized(ComputationGraphConfiguration configuration, ImageShape input) {
        try {
            return program(configuration, input);
        } catch (UnsupportedNetworkException e) {
            throw new IllegalStateException("a network has the same layers on images of any size", e);
        }
    }

    private static Program program(ComputationGraphConfiguration configuration, ImageShape input)
            throws UnsupportedNetworkException {
        return ProgramReader.read(
                configuration,
                InputType.convolutional(input.height(), input.width(), input.channels()),
                PyTorchBatchNorm.class::isInstance);
    }

    /**
     * What a network computes, operation by operation.
     *
     * @throws UnsupportedNetworkException if it has layers that a program does not know
     */
    public static Program program(ResNetSpec spec) throws UnsupportedNetworkException {
        return program(ResNetGraph.configuration(spec, new NoOp(), 0), spec.input());
    }

    /** What a network computes in inference, where it drops nothing; empty if it has layers that a program does not know. */
    public static Optional<Program> inferenceProgram(ResNetSpec spec) {
        try {
            return Optional.of(program(spec.withBlockDropout(0).withStochasticDepth(StochasticDepth.NONE)));
        } catch (UnsupportedNetworkException e) {
            LOG.info("inference goes layer by layer: {}", e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public Optional<BatchGradient> compiledGradient() {
        if (compilation.programs().isEmpty()) {
            LOG.info("training goes layer by layer: {}", compilation.reason());
        }
        return compilation.programs().map(programs -> {
            Program program = programs.of(spec.input().height(), spec.input().width());
            CompiledStep step = new CompiledStep(program, programs, graph, operands(precision));
            return (images, labels, loss) -> {
                CompiledStep.Outcome outcome = step.gradient(images, labels, loss);
                return new BatchGradient.Outcome(outcome.loss(), outcome.hits());
            };
        });
    }

    @Override
    public MatrixProducts matrixProducts() {
        return inferenceProgram.isPresent() ? MatrixProducts.ONEDNN : MatrixProducts.ND4J;
    }

    private static io.residual.onednn.kernels.Precision operands(Precision precision) {
        return switch (precision) {
            // What a GPU trained is computed on the CPU, too.
            case FLOAT32, TF32 -> io.residual.onednn.kernels.Precision.F32;
            case BF16 -> io.residual.onednn.kernels.Precision.BF16;
        };
    }

    @Override
    public ComputationGraph graph() {
        return graph;
    }

    public ResNetSpec spec() {
        return spec;
    }

    @Override
    public INDArray probabilities(INDArray images) {
        return inference == null ? graph.output(false, images)[0] : inference.output(images);
    }

    /**
     * The outputs before the softmax, in inference mode, by the parameters that the network has at each call.
     *
     * @param images as the network takes them, FLOAT [N, channels, height, width]
     * @return [N, classes]
     */
    public float[][] logits(INDArray images) {
        return inference == null
                ? graph.output(List.of(VertexPaths.DENSE), false, new INDArray[] {images}, null)[0].toFloatMatrix()
                : inference.logits(images);
    }

    /** The outputs before the softmax of images FLOAT [N, channels, height, width]: [N, classes]. */
    @FunctionalInterface
    public interface Logits {
        float[][] of(INDArray images);
    }

    /**
     * Inference in 32-bit floats or bfloat16 with the parameters that the network has now.
     *
     * @param precision that the network's kernels have, not INT8
     */
    public Logits inference(InferencePrecision precision) {
        if (precision == InferencePrecision.INT8) {
            throw new IllegalArgumentException("int8 needs the ranges of activations");
        }
        if (inferenceProgram.isEmpty()) {
            return this::logits;
        }
        Program program = inferenceProgram.get();
        CompiledInference compiled = precision == InferencePrecision.BF16
                ? CompiledInference.bf16(program, parameters())
                : CompiledInference.floats(program, parameters());
        return compiled::logits;
    }

    /**
     * Inference in 8-bit integers with the parameters that the network has now.
     *
     * @param ranges of {@link #ranges} for these parameters
     * @throws IllegalArgumentException if the range of a value is missing, with its name
     */
    public Logits inference(ActivationRanges ranges) {
        return CompiledInference.integers(inferenceProgram.orElseThrow(), parameters(), ranges)::logits;
    }

    /**
     * Finds the ranges of the values between operations on images.
     *
     * @param batches as the network takes them, each FLOAT [N, channels, height, width]
     * @throws ArithmeticException if a value is not a finite number
     */
    public ActivationRanges ranges(Iterable<INDArray> batches) {
        return CompiledInference.ranges(inferenceProgram.orElseThrow(), parameters(), batches);
    }

    /** The vertices whose values {@link #ranges} finds the ranges of. */
    public Set<String> rangedVertices() {
        Program program = inferenceProgram.orElseThrow();
        return Quantization.values(FusedProgram.of(program, Fusing.ALL)).stream()
                .map(value -> program.value(value).vertex())
                .collect(Collectors.toSet());
    }

    /** The parameters by name, each a new array in the order that the operations of a program describe. */
    public Function<String, float[]> parameters() {
        return InferenceGraph.parameters(graph);
    }

    /**
     * Weights and running statistics under PyTorch's names, to be written to a file.
     *
     * @param metadata entries of the file's header
     */
    public SafetensorsWriter writer(Map<String, String> metadata) {
        return NetworkWeights.writer(graph, spec, ModuleNaming.of(spec.flavour()), metadata);
    }

    /**
     * Takes weights and running statistics from a file that a {@link #writer} or PyTorch wrote.
     *
     * @return what was understood of the file's names, for a log; empty if they are the network's
     */
    public List<String> read(Path file) throws IOException {
        return NetworkWeights.load(SafetensorsFile.read(file), graph, spec, ModuleNaming.of(spec.flavour()));
    }

    /**
     * Takes weights of a network of the same layers that was trained on other images or classes.
     *
     * @throws io.residual.core.safetensors.SafetensorsException if the file does not fit; the network is then unchanged
     */
    public PretrainedWeights.Outcome startFrom(Path file) throws IOException {
        return PretrainedWeights.load(SafetensorsFile.read(file), graph, spec, ModuleNaming.of(spec.flavour()));
    }
}
