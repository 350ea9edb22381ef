package io.residual.laboratory.reproduce;

import io.residual.data.DataSource;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.laboratory.reproduce.PresetVerdict.EvaluatedRun;
import io.residual.training.SeedRuns;
import io.residual.training.Trainer;
import io.residual.training.cli.ForegroundTraining;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Inference;
import io.residual.training.loop.ScoreSum;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.DataSources;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Trains the missing seeds of a preset, and evaluates all on the test images. */
final class Reproduction {
    private Reproduction() {}

    /**
     * Trains a preset with its seed and those after it.
     *
     * @param seeds how many, at least 1
     * @param directory of the runs
     * @return in the order of the seeds; empty if a signal ended a run
     * @throws io.residual.core.ResidualException if a run cannot start or resume, or diverges
     */
    static Optional<List<EvaluatedRun>> of(Trainer trainer, int seeds, Path directory) {
        TrainingSpec spec = trainer.spec();
        DataSource source = DataSources.find(spec.data());
        // Read before the first seed is trained, which takes a while.
        ImageSet test = source.open(Split.TEST, StratifiedSplit.SEED);
        RunDatasets data = RunDatasets.of(source);
        if (SeedRuns.train(trainer, seeds, directory, each -> ForegroundTraining.run(each, data))
                .isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(LongStream.range(0, seeds)
                .mapToObj(i -> evaluate(spec.seed() + i, directory, test, trainer.kernels()))
                .toList());
    }

    /** The score of a finished run on the test images. */
    static EvaluatedRun evaluate(long seed, Path directory, ImageSet images, KernelChoice kernels) {
        RunDirectory run = RunDirectory.open(SeedRuns.runOf(directory, seed));
        ImageBatches batches = ImageBatches.inOrder(images, run.spec().data().input());
        float[][] probabilities =
                Inference.probabilities(ModelFiles.load(run, SavedModel.LAST, kernels.resolve()), batches);
        ScoreSum score = Inference.score(probabilities, images);
        List<EpochMetrics> epochs = run.epochs();
        return new EvaluatedRun(
                seed,
                run.toString(),
                score.accuracy(),
                score.images(),
                epochs.size(),
                epochs.stream().mapToDouble(EpochMetrics::epochSeconds).sum());
    }
}
