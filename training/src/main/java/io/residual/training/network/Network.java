package io.residual.training.network;

import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
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
import io.residual.onednn.step.CompiledStep;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import io.residual.training.config.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

    private final Compilation compilation;
    private final Precision precision;

    private Network(
            ResNetSpec spec,
            ComputationGraph graph,
            @Nullable InferenceGraph inference,
            Compilation compilation,
            Precision precision) {
        this.spec = spec;
        this.graph = graph;
        this.inference = inference;
        this.compilation = compilation;
        this.precision = precision;
    }

    /** What training compiles, or why it goes layer by layer. */
    private record Compilation(Optional<Program> program, String reason) {
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
            return new Network(spec, stock, null, Compilation.none(STOCK_KERNELS), precision);
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
                stockKernels ? null : OneDnn.inference(graph),
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
            return new Compilation(Optional.of(program(configuration, input)), "");
        } catch (UnsupportedNetworkException e) {
            return Compilation.none(Objects.requireNonNull(e.getMessage()));
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

    @Override
    public Optional<BatchGradient> compiledGradient() {
        if (compilation.program().isEmpty()) {
            LOG.info("training goes layer by layer: {}", compilation.reason());
        }
        return compilation.program().map(program -> {
            CompiledStep step = new CompiledStep(program, graph, operands(precision));
            return (images, labels) -> {
                CompiledStep.Outcome outcome = step.gradient(images, labels);
                return new BatchGradient.Outcome(outcome.loss(), outcome.hits());
            };
        });
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
     * The outputs before the softmax, in inference mode.
     *
     * @param images as the network takes them, FLOAT [N, channels, height, width]
     * @return [N, classes]
     */
    public INDArray logits(INDArray images) {
        return inference == null
                ? graph.output(List.of(VertexPaths.DENSE), false, new INDArray[] {images}, null)[0]
                : inference.activations(VertexPaths.DENSE, images);
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
