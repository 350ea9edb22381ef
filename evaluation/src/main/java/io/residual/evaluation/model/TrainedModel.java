package io.residual.evaluation.model;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.loop.Inference;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A run's network with its weights, ready for inference.
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
        if (choice instanceof ModelChoice.Saved saved) {
            return new TrainedModel(run, choice, ModelFiles.load(run, saved.model(), kernels));
        }
        Path file = ((ModelChoice.WeightsFile) choice).path();
        if (!Files.isReadable(file)) {
            throw new ResidualException(
                    Kind.BAD_RUN, file + ": cannot be read: give best, last or the path of a safetensors file");
        }
        return new TrainedModel(run, choice, ModelFiles.load(run, file, kernels));
    }

    /** Names of the classes, in the order of the labels. */
    public List<String> classes() {
        return run.manifest().data().classes();
    }

    /** The pixels that the network takes. */
    public InputForm input() {
        return run.spec().data().input();
    }

    /** The probabilities of unchanged images. */
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
                            "the images have %d classes, the model of %s has %d: give the run's own data",
                            images.classNames().size(),
                            run,
                            classes().size()));
        }
    }
}
