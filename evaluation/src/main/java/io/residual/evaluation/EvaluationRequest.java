package io.residual.evaluation;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.evaluation.metrics.Logits;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.model.ModelCalibration;
import io.residual.evaluation.model.ModelChoice;
import io.residual.evaluation.model.TestTimeAugmentation;
import io.residual.evaluation.model.TrainedModel;
import io.residual.evaluation.report.Evaluation;
import io.residual.evaluation.report.Uncertainty;
import io.residual.training.config.DataChoice;
import io.residual.training.device.InferenceDevice;
import io.residual.training.network.InferencePrecision;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The settings of an evaluation.
 *
 * @param data where the images are, as a spec names them; empty for the run's own
 * @param augmentations each a secondary result
 * @param augmentedBelow highest probability of the images that are augmented, in [0, 1]
 * @param ensemble runs whose mean with the first one is a secondary result; may be empty
 * @param outliers folders with images of none of the classes; may be empty
 * @param compared a run to compare with
 * @param device of this model and of the other runs'
 */
record EvaluationRequest(
        RunDirectory run,
        ModelChoice choice,
        Split split,
        Optional<DataChoice> data,
        List<TestTimeAugmentation> augmentations,
        double augmentedBelow,
        List<RunDirectory> ensemble,
        List<Path> outliers,
        Optional<RunDirectory> compared,
        InferenceDevice device) {
    private static final Logger LOG = LogManager.getLogger(EvaluationRequest.class);

    EvaluationRequest {
        augmentations = List.copyOf(augmentations);
        ensemble = List.copyOf(ensemble);
        outliers = List.copyOf(outliers);
    }

    /**
     * Evaluates. All models and images are read, and compared, before the first prediction.
     *
     * @throws io.residual.core.ResidualException of kind BAD_RUN or BAD_DATA that says what is wrong
     */
    Evaluation execute() {
        TrainedModel model = TrainedModel.load(run, choice, device);
        DataSource source = DataSources.find(run, data);
        ImageSet images = images(source);
        if (!source.skipped().isEmpty()) {
            LOG.info("Skipped files: {}", source.skipped().summary());
        }
        model.requireFits(images);
        requireNotLearnedFrom(run, images);
        Optional<Seen> other = compared.map(directory -> seen(directory, images));
        List<Seen> others =
                ensemble.stream().map(directory -> seen(directory, images)).toList();
        Optional<ImageSet> heldBack = heldBack(source);
        List<OutlierFolder> folders = outliers.stream().map(OutlierFolder::find).toList();
        Scores logits = model.logits(images);
        Scores scores = logits.softmax();
        Optional<ModelCalibration> calibration = heldBack.map(model::calibrate);
        boolean isReduced = model.inference().precision() != InferencePrecision.FLOAT32;
        if (!isReduced) {
            calibration.ifPresent(this::save);
        }
        return new Evaluation(
                model,
                split,
                source.origin().describe(),
                images,
                scores,
                new Uncertainty(calibration, energies(logits), OutlierFolder.energies(folders, model)),
                variants(model, images, scores, others),
                other.map(seen -> Evaluation.ComparedRun.of(seen.model().run().toString(), seen.scores(), scores)),
                isReduced
                        ? Optional.of(Evaluation.ComparedRun.of(
                                InferencePrecision.FLOAT32.toString(),
                                model.inFloats().probabilities(images),
                                scores))
                        : Optional.empty(),
                run.epochs());
    }

    private static List<Float> energies(Scores logits) {
        return IntStream.range(0, logits.examples())
                .mapToObj(i -> Logits.energy(logits.row(i)))
                .toList();
    }

    /** For predictions. A run that cannot be written to is evaluated all the same. */
    private void save(ModelCalibration calibration) {
        if (choice instanceof ModelChoice.Saved saved) {
            try {
                calibration.write(run, saved.model());
            } catch (ResidualException e) {
                LOG.warn("The calibration for predictions is not saved: {}", e.getMessage());
            }
        }
    }

    /** Of a place that the user names, the test part; all images, if it has no parts. */
    private ImageSet images(DataSource source) {
        return data.isPresent() && split == Split.TEST ? source.labelled() : source.open(split, StratifiedSplit.SEED);
    }

    /** Another model, and the evaluated images as it was trained to see them. */
    private record Seen(TrainedModel model, ImageSet images) {
        Scores scores() {
            return model.probabilities(images);
        }
    }

    private Seen seen(RunDirectory other, ImageSet images) {
        TrainedModel model = model(other);
        ImageSet seen = seesAlike(model.input(), model.spec().input().channels(), images)
                ? images
                : images(DataSources.find(run, data, other));
        model.requireFits(seen);
        if (seen != images) {
            requireSameImages(images, seen, other);
        }
        requireNotLearnedFrom(other, images);
        return new Seen(model, seen);
    }

    /** Test images may have copies among the training images; those that another run held back must have none. */
    private void requireNotLearnedFrom(RunDirectory trained, ImageSet images) {
        long learned = split == Split.TRAIN ? 0 : DataSources.learnedFrom(trained, images);
        if (learned == 0) {
            return;
        }
        String which =
                String.format(Locale.ROOT, "%s: learned from %,d of the %,d images", trained, learned, images.size());
        if (split == Split.VALIDATION && !trained.path().equals(run.path())) {
            throw new ResidualException(Kind.BAD_DATA, which + " that " + run + " held back: use the test images");
        }
        LOG.warn("{}, by their content", which);
    }

    /** Rows of IDX files are brought to a model's size when it predicts, files when they are read. */
    private boolean seesAlike(InputForm other, int channels, ImageSet images) {
        InputForm own = run.spec().data().input();
        return !images.isOfFiles()
                || (own.size().equals(other.size()) && own.fit() == other.fit() && images.channels() == channels);
    }

    private static void requireSameImages(ImageSet images, ImageSet seen, RunDirectory other) {
        boolean same = images.size() == seen.size()
                && IntStream.range(0, images.size())
                        .allMatch(i -> images.label(i) == seen.label(i)
                                && images.sha256(i).equals(seen.sha256(i)));
        if (!same) {
            throw new ResidualException(
                    Kind.BAD_DATA, "the images changed while they were read for " + other + ": repeat the command");
        }
    }

    /** The images that the run held back, on which alone a temperature is fitted; it is not reported on those. */
    private Optional<ImageSet> heldBack(DataSource source) {
        if (split == Split.VALIDATION) {
            return Optional.empty();
        }
        List<Supplier<DataSource>> places = data.isPresent()
                ? List.of(() -> source, () -> DataSources.find(run, Optional.empty()))
                : List.of(() -> source);
        String reason = "";
        for (Supplier<DataSource> place : places) {
            try {
                return Optional.of(place.get().open(Split.VALIDATION, StratifiedSplit.SEED));
            } catch (ResidualException e) {
                if (e.kind() != Kind.BAD_DATA) {
                    throw e;
                }
                reason = String.valueOf(e.getMessage());
            }
        }
        LOG.warn("No temperature is fitted: {}", reason);
        return Optional.empty();
    }

    private List<Evaluation.Variant> variants(TrainedModel model, ImageSet images, Scores scores, List<Seen> others) {
        List<Evaluation.Variant> variants = new ArrayList<>();
        int[] unsure = IntStream.range(0, scores.examples())
                .filter(i -> scores.highest(i) <= augmentedBelow)
                .toArray();
        String share = augmentedBelow == 1
                ? ""
                : String.format(Locale.ROOT, ", of %.1f %% of the images", 100.0 * unsure.length / scores.examples());
        for (TestTimeAugmentation augmentation : augmentations) {
            variants.add(new Evaluation.Variant(
                    "test-time augmentation: " + augmentation + share,
                    model.probabilities(images, scores, augmentation, unsure)));
        }
        if (!others.isEmpty()) {
            List<Scores> members = new ArrayList<>(List.of(scores));
            others.forEach(other -> members.add(other.scores()));
            variants.add(new Evaluation.Variant("mean of " + members.size() + " runs", Scores.mean(members)));
        }
        return variants;
    }

    /** Another run has the same kind of checkpoint, but not the same file. */
    private TrainedModel model(RunDirectory other) {
        ModelChoice sameKind = choice instanceof ModelChoice.Saved ? choice : ModelChoice.last();
        return TrainedModel.load(other, sameKind, device);
    }
}
