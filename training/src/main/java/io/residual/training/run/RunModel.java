package io.residual.training.run;

import io.residual.core.ResNetGraph;
import io.residual.core.ResNetSpec;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.weights.Naming;
import io.residual.core.weights.NetworkWeights;
import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.spec.TrainingSpec;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.learning.config.Sgd;

/** The networks that runs train and keep. */
public final class RunModel {
    private RunModel() {}

    /** A network as it is before the first step: {@link TrainingSpec#seed} draws its weights. */
    public static ComputationGraph initial(TrainingSpec spec, ResNetSpec network) {
        ComputationGraph graph = new ComputationGraph(
                ResNetGraph.configuration(network, new Sgd(spec.optimisation().learningRate()), spec.seed()));
        graph.init();
        return graph;
    }

    /** Keeps the weights of an epoch in place of the checkpoint's earlier ones, whole or not at all. */
    public static void save(RunDirectory run, Checkpoint checkpoint, ComputationGraph graph, ResNetSpec network) {
        Path file = run.modelFile(checkpoint);
        try {
            NetworkWeights.write(file, graph, network, Naming.of(network.flavour()));
        } catch (IOException e) {
            throw DiskFault.writing(file, e);
        }
    }

    /**
     * The network of a run with the weights of a checkpoint, ready for inference or for more training.
     *
     * @throws CommandException of status RUN if there is no such file, or it does not fit the run's spec
     */
    public static ComputationGraph load(RunDirectory run, Checkpoint checkpoint) {
        Path file = run.existingModelFile(checkpoint);
        DataOrigin data = run.manifest().data();
        TrainingSpec spec = run.spec();
        ResNetSpec network = spec.resNet(data.channels(), data.classes().size());
        ComputationGraph graph = initial(spec, network);
        try {
            NetworkWeights.load(SafetensorsFile.read(file), graph, network, Naming.of(network.flavour()));
        } catch (SafetensorsException e) {
            throw new CommandException(ExitStatus.RUN, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw DiskFault.reading(file, e);
        }
        return graph;
    }
}
