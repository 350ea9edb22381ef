package io.residual.spark.labels;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.cuda.nvidia.Determinism;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.spark.cluster.ThisMachine;
import io.residual.training.CrossValidation;
import io.residual.training.Trainer;
import io.residual.training.config.Preset;
import io.residual.training.config.SpecFile;
import io.residual.training.device.DeviceChoice;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunLog;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;

/**
 * Trains and evaluates a fold, in an executor.
 *
 * @param training what is trained
 * @param folds number of folds
 * @param seed draws which image is in which
 * @param directory of the runs, which all machines see
 * @param images digest of the images, and where the driver found them, in words
 */
record FoldTask(Training training, int folds, long seed, String directory, Images images)
        implements Function<Integer, FoldTask.Result> {
    /** ND4J has one generator of random numbers in a process, which draws the first weights of a network. */
    private static final Object ONE_AT_A_TIME = new Object();

    /**
     * A trainer in types that executors read.
     *
     * @param spec as YAML
     * @param device as in {@code --device}
     * @param determinism name of a {@link Determinism}
     * @param kernels name of a {@link KernelChoice}
     */
    record Training(
            String preset, String spec, String device, String determinism, String kernels, List<String> arguments)
            implements Serializable {
        static Training of(Trainer trainer) {
            return new Training(
                    trainer.preset(),
                    SpecFile.write(trainer.spec().withAbsolutePaths()),
                    trainer.device().toString(),
                    trainer.determinism().name(),
                    trainer.kernels().name(),
                    List.copyOf(trainer.arguments()));
        }

        Trainer trainer() {
            return Trainer.of(new Preset(preset, SpecFile.read("the spec of the folds", spec, Kind.BAD_RUN)))
                    .device(DeviceChoice.of(device))
                    .determinism(Determinism.valueOf(determinism))
                    .kernels(KernelChoice.valueOf(kernels))
                    .arguments(arguments);
        }
    }

    /** The images of the driver. */
    record Images(String sha256, String location) implements Serializable {}

    /**
     * How it ended.
     *
     * @param finished whether the fold is trained and evaluated
     * @param error for the user, with its kind; empty if there was none. A task that throws would be repeated
     */
    record Result(boolean finished, Kind kind, String error) implements Serializable {}

    @Override
    public Result call(Integer fold) {
        synchronized (ONE_AT_A_TIME) {
            try {
                return new Result(finish(fold), Kind.BAD_RUN, "");
            } catch (ResidualException e) {
                return new Result(
                        false, e.kind(), "fold " + (fold + 1) + " on " + ThisMachine.name() + ": " + e.getMessage());
            } finally {
                RunLog.detach();
            }
        }
    }

    private boolean finish(int fold) {
        Trainer trainer = training.trainer();
        DataSource data = DataSources.find(trainer.spec().data());
        ImageSet all = data.wholeTraining();
        if (!all.contentSha256().equals(images.sha256())) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    data.origin().describe() + ": other images than the driver found, " + images.location()
                            + ": give all machines the same");
        }
        TaskContext context = TaskContext.get();
        return new CrossValidation(trainer, folds, seed, Path.of(directory))
                .finish(
                        fold,
                        all,
                        images.location(),
                        (each, datasets) ->
                                each.stopWhen(context::isInterrupted).train(datasets));
    }
}
