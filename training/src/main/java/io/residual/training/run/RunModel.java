package io.residual.training.run;

import io.residual.core.ResNetSpec;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.network.Kernels;
import io.residual.training.network.Network;
import io.residual.training.spec.TrainingSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The networks that runs train and keep. */
public final class RunModel {
    /** The metadata of a model file that has the names of the classes, a JSON array in the order of the labels. */
    public static final String CLASSES = "classes";

    private RunModel() {}

    /** A network as it is before the first step: {@link TrainingSpec#seed} draws its weights. */
    public static Network initial(TrainingSpec spec, ResNetSpec network, Kernels kernels) {
        return Network.initial(network, spec.optimisation().learningRate(), spec.seed(), kernels);
    }

    /** Keeps the weights of an epoch, with the names of the classes, in place of the checkpoint's earlier ones, whole or not at all. */
    public static void save(RunDirectory run, Checkpoint checkpoint, Network network) {
        Path file = run.modelFile(checkpoint);
        try {
            String classes = StrictJson.line(run.manifest().data().classes());
            network.write(file, Map.of(CLASSES, classes));
        } catch (IOException e) {
            throw DiskFault.writing(file, e);
        }
    }

    /**
     * The network of a run with the weights of a checkpoint, ready for inference or for more training.
     *
     * @throws CommandException of status RUN if there is no such file, or it does not fit the run's spec
     */
    public static Network load(RunDirectory run, Checkpoint checkpoint, Kernels kernels) {
        Path file = run.existingModelFile(checkpoint);
        DataOrigin data = run.manifest().data();
        TrainingSpec spec = run.spec();
        Network network =
                initial(spec, spec.resNet(data.channels(), data.classes().size()), kernels);
        try {
            network.read(file);
        } catch (SafetensorsException e) {
            throw new CommandException(ExitStatus.RUN, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw DiskFault.reading(file, e);
        }
        return network;
    }
}
