package io.residual.evaluation.model;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.loop.Inference;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.DataOrigin;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A run's network with weights of it, ready to be asked.
 *
 * @param run where it was trained
 * @param choice which of the run's weights it has
 */
public record TrainedModel(RunDirectory run, ModelChoice choice, Network network) {
    /**
     * Loads the network.
     *
     * @throws ResidualException of kind BAD_RUN if the weights are missing, corrupt or do not fit the run's spec
     */
    public static TrainedModel load(RunDirectory run, ModelChoice choice, ComputeKernels kernels) {
        if (choice instanceof ModelChoice.Kept kept) {
            return new TrainedModel(run, choice, ModelFiles.load(run, kept.checkpoint(), kernels));
        }
        Path file = ((ModelChoice.WeightsFile) choice).path();
        DataOrigin data = run.manifest().data();
        ResNetSpec spec = run.spec().resNet(data.channels(), data.classes().size());
        Network network = ModelFiles.initial(run.spec(), spec, kernels);
        try {
            network.read(file);
        } catch (SafetensorsException e) {
            throw new ResidualException(Kind.BAD_RUN, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    file + ": cannot be read (" + e.getMessage()
                            + "): --checkpoint takes best, last or the path of a safetensors file",
                    e);
        }
        return new TrainedModel(run, choice, network);
    }

    /** Names of the classes, in the order of the labels. */
    public List<String> classes() {
        return run.manifest().data().classes();
    }

    /** The pixels that the network takes. */
    public InputForm input() {
        return run.spec().data().input();
    }

    /** The probabilities of images as they are. */
    public Scores probabilities(ImageSet images) {
        return probabilities(images, ImageView.PLAIN);
    }

    /** The mean over the views of an augmentation. */
    public Scores probabilities(ImageSet images, TestTimeAugmentation augmentation) {
        List<Scores> views = new ArrayList<>();
        augmentation.views().forEach(view -> views.add(probabilities(images, view)));
        return Scores.mean(views);
    }

    private Scores probabilities(ImageSet images, ImageView view) {
        requireClasses(images);
        return Scores.of(
                Inference.probabilities(
                        pixels -> network.probabilities(view.of(pixels)), ImageBatches.inOrder(images, input())),
                IntStream.range(0, images.size()).map(images::label).toArray());
    }

    private void requireClasses(ImageSet images) {
        if (images.classNames().size() != classes().size()) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    String.format(
                            Locale.ROOT,
                            "the images have %d classes, the model of %s has %d: give the run's own data by --data",
                            images.classNames().size(),
                            run,
                            classes().size()));
        }
    }
}
