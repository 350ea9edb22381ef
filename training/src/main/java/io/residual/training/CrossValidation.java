package io.residual.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.StratifiedFolds;
import io.residual.data.StratifiedSplit;
import io.residual.training.TrainingResult.Outcome;
import io.residual.training.config.SpecFile;
import io.residual.training.loop.Inference;
import io.residual.training.run.RunDatasets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Probabilities of every image by a network that was not trained on it: a run for each fold, trained on the other folds and
 * evaluated on that one. The runs are saved in {@code fold-1}, {@code fold-2} and so on, each with its probabilities.
 * Repeating the call reuses finished folds and resumes an interrupted one.
 *
 * @param trainer of each fold, whose directory does not matter; without early stopping
 * @param folds number of folds, at least 2
 * @param seed draws which image is in which fold
 * @param directory of the runs
 */
public record CrossValidation(Trainer trainer, int folds, long seed, Path directory) {
    private static final Logger LOG = LogManager.getLogger(CrossValidation.class);

    public CrossValidation {
        if (!(folds >= 2)) {
            throw new ResidualException(Kind.BAD_SETTING, "folds: expected a number of at least 2, got " + folds);
        }
        if (trainer.spec().optimisation().patience() > 0) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "patience: a fold that stops early by the images that it holds out has seen their labels: set it"
                            + " to 0");
        }
    }

    /** With folds that are the same whatever the seed of the trainer. */
    public CrossValidation(Trainer trainer, int folds, Path directory) {
        this(trainer, folds, StratifiedSplit.SEED, directory);
    }

    /** The name of a fold's run, counted from 0. */
    static String nameOf(int fold) {
        return "fold-" + (fold + 1);
    }

    /** The directory of a fold's run, counted from 0. */
    public Path runOf(int fold) {
        return directory.resolve(nameOf(fold));
    }

    /**
     * Fails if training cannot start. Writes nothing.
     *
     * @param location where the images come from, in words
     * @throws ResidualException of kind BAD_DATA if there are more folds than images of a class, BAD_SETTING if settings do
     *     not fit the images
     */
    public void requireFits(ImageSet images, String location) {
        requireEnough(images, location);
        trainer.requireFits(RunDatasets.of(StratifiedFolds.of(images, folds, seed), 0, location));
    }

    /**
     * Trains the folds that are not finished, and evaluates them.
     *
     * @param location where the images come from, in words
     * @param train how a fold is trained, such as {@code Trainer::train}
     * @return nothing if a run was interrupted
     * @throws ResidualException if a run cannot start, resume or be read, or diverges; of kind BAD_DATA if there are more
     *     folds than images of a class
     */
    public Optional<OutOfFold> probabilities(
            ImageSet images, String location, BiFunction<Trainer, RunDatasets, TrainingResult> train) {
        requireEnough(images, location);
        StratifiedFolds split = StratifiedFolds.of(images, folds, seed);
        List<OutOfFold.Part> parts = new ArrayList<>();
        for (int fold = 0; fold < folds; fold++) {
            Optional<float[][]> heldOut = ofFold(RunDatasets.of(split, fold, location), fold, train);
            if (heldOut.isEmpty()) {
                return Optional.empty();
            }
            parts.add(
                    new OutOfFold.Part(IntStream.of(split.indices(fold)).boxed().toList(), List.of(heldOut.get())));
        }
        return Optional.of(new OutOfFold(images, parts));
    }

    /**
     * Trains and evaluates one fold, if it is not finished, with the result that {@link #probabilities} has.
     *
     * @param fold from 0
     * @param location where the images come from, in words
     * @param train how it is trained
     * @return whether it is finished now; otherwise it was interrupted
     * @throws ResidualException as from {@link #probabilities}
     */
    public boolean finish(
            int fold, ImageSet images, String location, BiFunction<Trainer, RunDatasets, TrainingResult> train) {
        requireEnough(images, location);
        StratifiedFolds split = StratifiedFolds.of(images, folds, seed);
        return ofFold(RunDatasets.of(split, fold, location), fold, train).isPresent();
    }

    /**
     * The folds that are not finished, counted from 0.
     *
     * @param location where the images come from, in words
     */
    public List<Integer> unfinished(ImageSet images, String location) {
        requireEnough(images, location);
        StratifiedFolds split = StratifiedFolds.of(images, folds, seed);
        return IntStream.range(0, folds)
                .filter(fold ->
                        saved(RunDatasets.of(split, fold, location), fold).isEmpty())
                .boxed()
                .toList();
    }

    private void requireEnough(ImageSet images, String location) {
        int[] counts = images.classCounts();
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] < folds) {
                throw new ResidualException(
                        Kind.BAD_DATA,
                        location + ": too few images of class "
                                + images.classNames().get(c) + " (" + counts[c] + ") for " + folds
                                + " folds: use fewer folds");
            }
        }
    }

    private Optional<float[][]> ofFold(
            RunDatasets data, int fold, BiFunction<Trainer, RunDatasets, TrainingResult> train) {
        Path run = runOf(fold);
        Optional<float[][]> saved = saved(data, fold);
        if (saved.isPresent()) {
            LOG.info("Fold {} of {} is finished already", fold + 1, folds);
            return saved;
        }
        LOG.info("Fold {} of {}", fold + 1, folds);
        TrainingResult result = train.apply(trainer.directory(run), data);
        if (result.outcome() == Outcome.INTERRUPTED) {
            return Optional.empty();
        }
        InputForm input = trainer.spec().data().input();
        float[][] probabilities =
                Inference.probabilities(result.network(), ImageBatches.inOrder(data.validation(), input));
        file(data, fold).write(probabilities);
        return Optional.of(probabilities);
    }

    private Optional<float[][]> saved(RunDatasets data, int fold) {
        ImageSet heldOut = data.validation();
        return file(data, fold).read(heldOut.size(), heldOut.classNames().size(), LOG::warn);
    }

    private FoldFile file(RunDatasets data, int fold) {
        SortedMap<String, String> origin = new TreeMap<>(data.origin().sha256());
        origin.put("spec", SpecFile.write(trainer.spec()));
        return new FoldFile(runOf(fold).resolve(FoldFile.NAME), origin);
    }
}
