package io.residual.evaluation.labels;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.data.StratifiedFolds;
import io.residual.data.StratifiedSplit;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.model.ModelChoice;
import io.residual.evaluation.model.TrainedModel;
import io.residual.training.Trainer;
import io.residual.training.TrainingResult.Outcome;
import io.residual.training.cli.ForegroundTraining;
import io.residual.training.config.Preset;
import io.residual.training.config.SpecFile;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Probabilities of every image by a network that did not learn from it: as many runs as there are folds, each of which
 * learns from all folds but one and is asked for that one. The runs are kept in {@code fold-1}, {@code fold-2} and so on,
 * each with its probabilities. The same call again trains nothing that is there, and goes on where it was interrupted.
 *
 * @param preset by which each fold is trained, whatever data it names; without early stopping
 * @param folds number of folds, at least 2
 * @param directory of the runs
 * @param kernels that compute the networks
 */
public record CrossValidation(Preset preset, int folds, Path directory, KernelChoice kernels) {
    private static final Logger LOG = LogManager.getLogger(CrossValidation.class);

    public CrossValidation {
        if (!(folds >= 2)) {
            throw new ResidualException(Kind.BAD_SETTING, "--folds: expected a number of at least 2, got " + folds);
        }
        if (preset.spec().optimisation().patience() > 0) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--patience: a fold that stops by the images that it holds out has seen their labels: leave it 0");
        }
    }

    /**
     * Trains what is not trained yet, and asks.
     *
     * @param location where the images come from, in words
     * @param arguments of the command, as typed, for the record of the runs
     * @return probabilities, [images, classes], in the order of the images; nothing if a signal ended a run
     * @throws ResidualException if a run cannot begin, go on or be read, or diverges; of status DATA if there are more
     *     folds than images of a class
     */
    public Optional<Scores> probabilities(ImageSet images, String location, List<String> arguments) {
        requireEnough(images, location);
        StratifiedFolds dealt = StratifiedFolds.of(images, folds, StratifiedSplit.SEED);
        float[][] all = new float[images.size()][];
        for (int fold = 0; fold < folds; fold++) {
            Optional<float[][]> heldOut = ofFold(RunDatasets.of(dealt, fold, location), fold, arguments);
            if (heldOut.isEmpty()) {
                return Optional.empty();
            }
            int[] indices = dealt.indices(fold);
            for (int i = 0; i < indices.length; i++) {
                all[indices[i]] = heldOut.get()[i];
            }
        }
        return Optional.of(
                Scores.of(all, IntStream.range(0, all.length).map(images::label).toArray()));
    }

    private void requireEnough(ImageSet images, String location) {
        int[] counts = images.classCounts();
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] < folds) {
                throw new ResidualException(
                        Kind.BAD_DATA,
                        location + ": too few images of class "
                                + images.classNames().get(c) + " (" + counts[c] + ") for " + folds
                                + " folds: give fewer --folds");
            }
        }
    }

    private Optional<float[][]> ofFold(RunDatasets images, int fold, List<String> arguments) {
        Path path = directory.resolve("fold-" + (fold + 1));
        RunDirectory run = RunDirectory.takeAt(path);
        requireSame(run, images);
        FoldFile file = new FoldFile(path.resolve(FoldFile.NAME), origin(images));
        int classes = images.validation().classNames().size();
        Optional<float[][]> kept = file.read(images.validation().size(), classes, LOG::warn);
        if (kept.isPresent()) {
            LOG.info("Fold {} of {} is there already", fold + 1, folds);
            return kept;
        }
        LOG.info("Fold {} of {}", fold + 1, folds);
        Trainer trainer = Trainer.of(preset).kernels(kernels).directory(path).arguments(arguments);
        if (ForegroundTraining.run(trainer, images).outcome() == Outcome.INTERRUPTED) {
            return Optional.empty();
        }
        Scores scores =
                TrainedModel.load(run, ModelChoice.last(), kernels.resolve()).probabilities(images.validation());
        float[][] heldOut =
                IntStream.range(0, scores.examples()).mapToObj(scores::row).toArray(float[][]::new);
        file.write(heldOut);
        return Optional.of(heldOut);
    }

    private void requireSame(RunDirectory run, RunDatasets images) {
        if (run.hasBegun()
                && !(run.spec().equals(preset.spec())
                        && run.manifest().data().sha256().equals(images.origin().sha256()))) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    run + ": holds a fold of other settings, images or labels: give those again, or another --dir");
        }
    }

    private SortedMap<String, String> origin(RunDatasets images) {
        SortedMap<String, String> origin = new TreeMap<>(images.origin().sha256());
        origin.put("spec", SpecFile.write(preset.spec()));
        return origin;
    }
}
