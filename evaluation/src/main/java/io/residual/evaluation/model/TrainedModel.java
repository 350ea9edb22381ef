package io.residual.evaluation.model;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.core.files.Sha256;
import io.residual.data.ClassNames;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.evaluation.metrics.Logits;
import io.residual.evaluation.metrics.Scores;
import io.residual.program.inference.ActivationRanges;
import io.residual.training.device.InferenceDevice;
import io.residual.training.loop.Inference;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.InferencePrecision;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A run's network with its weights, ready for inference, or the networks of an ensemble.
 *
 * @param run where it was trained
 * @param choice which of the run's weights it has
 * @param networks one; of an ensemble several, of which the mean of the probabilities counts
 * @param inference by what the networks are computed
 * @param sha256 digest of the file of its weights, as 64 hex digits; of an ensemble, of its networks' digests
 */
public record TrainedModel(
        RunDirectory run, ModelChoice choice, List<Network> networks, Compiled inference, String sha256) {
    private static final int MAX_NAMED = 5;

    /**
     * The networks on a device in a precision.
     *
     * @param device not closed with the model
     * @param logits of each network
     */
    public record Compiled(InferenceDevice device, InferencePrecision precision, List<Network.Logits> logits) {
        public Compiled {
            logits = List.copyOf(logits);
        }
    }

    public TrainedModel {
        networks = List.copyOf(networks);
    }

    /** As {@link #load(RunDirectory, ModelChoice, InferenceDevice)}, on the CPU, in 32-bit floats. */
    public static TrainedModel load(RunDirectory run, ModelChoice choice, ComputeKernels kernels) {
        return load(run, choice, InferenceDevice.cpu(kernels));
    }

    /**
     * Loads the network, or those of an ensemble. Digests come first: if a training replaces a file in between, the digest is of
     * no model.
     *
     * @param device that computes it. INT8 needs the run's training images if it was not used with these weights before
     * @throws ResidualException of kind BAD_RUN if the weights are missing, corrupt or do not fit the run's spec; BAD_DATA if training
     *     images are needed and cannot be read
     */
    public static TrainedModel load(RunDirectory run, ModelChoice choice, InferenceDevice device) {
        if (choice instanceof ModelChoice.Saved saved) {
            List<RunDirectory> members = run.members();
            List<String> digests = members.stream()
                    .map(member -> sha256(member.existingModelFile(saved.model())))
                    .toList();
            List<Network> networks = members.stream()
                    .map(member -> ModelFiles.load(member, saved.model(), device.kernels()))
                    .toList();
            return new TrainedModel(
                    run,
                    choice,
                    networks,
                    compiled(members, choice, digests, networks, device),
                    digests.size() == 1 ? digests.get(0) : Sha256.of(String.join("\n", digests)));
        }
        if (run.isEnsemble()) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "checkpoint: a file of weights is that of one network, and " + run
                            + " is an ensemble: give last or best, or name one of its runs");
        }
        Path file = ((ModelChoice.WeightsFile) choice).path();
        if (!Files.isReadable(file)) {
            throw new ResidualException(
                    Kind.BAD_RUN, file + ": cannot be read: give best, last or the path of a safetensors file");
        }
        String digest = sha256(file);
        List<Network> networks = List.of(ModelFiles.load(run, file, device.kernels()));
        return new TrainedModel(
                run, choice, networks, compiled(List.of(run), choice, List.of(digest), networks, device), digest);
    }

    private static Compiled compiled(
            List<RunDirectory> runs,
            ModelChoice choice,
            List<String> digests,
            List<Network> networks,
            InferenceDevice device) {
        return new Compiled(
                device,
                device.precision(),
                IntStream.range(0, networks.size())
                        .mapToObj(i -> device.precision() == InferencePrecision.INT8
                                ? networks.get(i)
                                        .inference(ModelRanges.of(runs.get(i), choice, digests.get(i), networks.get(i)))
                                : device.logits(networks.get(i), device.precision()))
                        .toList());
    }

    /** The same networks in 32-bit floats. */
    public TrainedModel inFloats() {
        InferenceDevice device = inference.device();
        Compiled floats = new Compiled(
                device,
                InferencePrecision.FLOAT32,
                networks.stream()
                        .map(network -> device.logits(network, InferencePrecision.FLOAT32))
                        .toList());
        return new TrainedModel(run, choice, networks, floats, sha256);
    }

    /** The ranges of the only network's activations; see {@link ModelRanges}. */
    public ActivationRanges ranges() {
        return ModelRanges.of(run, choice, sha256, network());
    }

    private static String sha256(Path file) {
        try {
            return Sha256.of(file);
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        }
    }

    /**
     * The only network.
     *
     * @throws ResidualException of kind BAD_RUN if there are several
     */
    public Network network() {
        run.requireSingle();
        return networks.get(0);
    }

    /** What the network is, or each network of an ensemble. */
    public ResNetSpec spec() {
        return networks.get(0).spec();
    }

    /**
     * The outputs before the softmax, in inference mode. Of an ensemble, the softmax of the result is the mean of the networks'
     * probabilities, and its energy the mean of their energies.
     *
     * @param images as the network takes them, FLOAT [N, channels, height, width]
     * @return [N, classes]
     */
    public float[][] logits(INDArray images) {
        List<float[][]> outputs = inference.logits().stream()
                .map(network -> requireNumbers(network.of(images)))
                .toList();
        return outputs.size() == 1 ? outputs.get(0) : Logits.ofMeanProbabilities(outputs);
    }

    /** Calibrates it on images that it was not trained on. */
    public ModelCalibration calibrate(ImageSet heldBack) {
        return ModelCalibration.fit(this, logits(heldBack));
    }

    /** Names of the classes, in the order of the labels. */
    public List<String> classes() {
        return run.manifest().data().classes();
    }

    /** The pixels that the network takes. */
    public InputForm input() {
        return run.spec().data().input();
    }

    /** The probabilities of unchanged images, for the classes of the images in their order. */
    public Scores probabilities(ImageSet images) {
        return logits(images).softmax();
    }

    /**
     * The mean over the image and the views of an augmentation for some images, and the probabilities as they are for the others.
     *
     * @param unchanged the probabilities of the images as they are
     * @param unsure positions of the images that have the mean
     */
    public Scores probabilities(ImageSet images, Scores unchanged, TestTimeAugmentation augmentation, int... unsure) {
        if (unsure.length == 0) {
            return unchanged;
        }
        ImageSet some = images.subset(unsure);
        List<Scores> views = new ArrayList<>();
        views.add(Scores.of(rows(unchanged, unsure), labels(some)));
        augmentation.views().forEach(view -> views.add(logits(some, view).softmax()));
        Scores mean = Scores.mean(views);
        float[][] all = rows(unchanged, IntStream.range(0, unchanged.examples()).toArray());
        for (int i = 0; i < unsure.length; i++) {
            all[unsure[i]] = mean.row(i);
        }
        return Scores.of(all, unchanged.labels());
    }

    private static float[][] rows(Scores scores, int... examples) {
        return Arrays.stream(examples).mapToObj(scores::row).toArray(float[][]::new);
    }

    private static int[] labels(ImageSet images) {
        return IntStream.range(0, images.size()).map(images::label).toArray();
    }

    /**
     * The same outputs, if they are numbers.
     *
     * @throws ResidualException of kind BAD_RUN if they are not, as those of weights that are finite but huge
     */
    public static float[][] requireNumbers(float[][] outputs) {
        for (float[] row : outputs) {
            for (float output : row) {
                if (!Float.isFinite(output)) {
                    throw new ResidualException(
                            Kind.BAD_RUN,
                            "the outputs of the model are no numbers: its weights are finite, but too large to compute"
                                    + " with: use another checkpoint, or train with a lower learning rate");
                }
            }
        }
        return outputs;
    }

    /** The outputs before the softmax for unchanged images, for the classes of the images in their order. */
    public Scores logits(ImageSet images) {
        return logits(images, ImageView.PLAIN);
    }

    private Scores logits(ImageSet images, ImageView view) {
        int[] outputs = requireFits(images);
        float[][] rows = Inference.probabilities(
                pixels -> Nd4j.createFromArray(logits(view.of(pixels))), ImageBatches.inOrder(images, input()));
        for (int i = 0; i < rows.length; i++) {
            float[] row = rows[i];
            float[] inOrder = new float[row.length];
            for (int label = 0; label < row.length; label++) {
                inOrder[label] = row[outputs[label]];
            }
            rows[i] = inOrder;
        }
        return Scores.of(rows, labels(images));
    }

    /**
     * Makes sure that images are of the classes that the model knows, in any order, and have its channels.
     *
     * @return the network's output of each class of the images
     * @throws ResidualException of kind BAD_DATA that names what differs
     */
    public int[] requireFits(ImageSet images) {
        if (images.channels() != spec().input().channels()) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    String.format(
                            Locale.ROOT,
                            "the images have %d channels, the model of %s takes %d: give images like the run's own",
                            images.channels(),
                            run,
                            spec().input().channels()));
        }
        return ClassNames.places(images.classNames(), classes())
                .orElseThrow(() -> new ResidualException(
                        Kind.BAD_DATA,
                        "the images are of the classes " + named(images.classNames(), classes())
                                + ", the model of " + run + " knows " + named(classes(), images.classNames())
                                + ": give images of the run's own classes"));
    }

    /** Some names, those first that are not among the others. */
    private static String named(List<String> names, List<String> others) {
        String some = Stream.concat(
                        names.stream().filter(name -> ClassNames.indexOf(others, name) < 0),
                        names.stream().filter(name -> ClassNames.indexOf(others, name) >= 0))
                .limit(MAX_NAMED)
                .collect(Collectors.joining(", "));
        return some + (names.size() > MAX_NAMED ? " and " + (names.size() - MAX_NAMED) + " others" : "");
    }
}
