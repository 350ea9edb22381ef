package io.residual.training.network;

import io.residual.core.ResNetGraph;
import io.residual.core.ResNetSpec;
import io.residual.core.UnbiasedBatchNormalization;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.weights.Naming;
import io.residual.core.weights.NetworkWeights;
import io.residual.onednn.InferenceGraph;
import io.residual.onednn.OneDnn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** A network that trains and predicts on the kernels it was made for. Its parameters have the same names on either. */
public final class Network {
    private final ResNetSpec spec;
    private final ComputationGraph graph;
    /** Absent where the graph itself predicts. */
    private final @Nullable InferenceGraph inference;

    private Network(ResNetSpec spec, ComputationGraph graph, @Nullable InferenceGraph inference) {
        this.spec = spec;
        this.graph = graph;
        this.inference = inference;
    }

    /**
     * A network before its first step.
     *
     * @param learningRate of plain SGD
     * @param seed of the weights, which do not depend on the kernels
     */
    public static Network initial(ResNetSpec spec, double learningRate, long seed, Kernels kernels) {
        ComputationGraphConfiguration configuration = ResNetGraph.configuration(spec, new Sgd(learningRate), seed);
        ComputationGraph stock = new ComputationGraph(configuration);
        stock.init();
        if (kernels == Kernels.STOCK) {
            return new Network(spec, stock, null);
        }
        ComputationGraph accelerated =
                new ComputationGraph(OneDnn.accelerate(configuration, UnbiasedBatchNormalization.class::isInstance));
        accelerated.init();
        OneDnn.copyParameters(stock, accelerated);
        return new Network(spec, accelerated, OneDnn.inference(accelerated));
    }

    /** The graph that trains; its vertex {@code fc} gives the logits. */
    public ComputationGraph graph() {
        return graph;
    }

    public ResNetSpec spec() {
        return spec;
    }

    /**
     * Class probabilities, in inference mode.
     *
     * @param images pixels in [0, 1], [N, channels, height, width]
     * @return [N, classes]
     */
    public INDArray probabilities(INDArray images) {
        return inference == null ? graph.output(false, images)[0] : inference.output(images);
    }

    /**
     * Writes weights and running statistics under PyTorch's names, whole or not at all.
     *
     * @param metadata entries of the file's header
     */
    public void write(Path file, Map<String, String> metadata) throws IOException {
        NetworkWeights.write(file, graph, spec, Naming.of(spec.flavour()), metadata);
    }

    /** Takes weights and running statistics from a file that {@link #write} or PyTorch wrote. */
    public void read(Path file) throws IOException {
        NetworkWeights.load(SafetensorsFile.read(file), graph, spec, Naming.of(spec.flavour()));
    }
}
