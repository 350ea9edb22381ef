package io.residual.laboratory.reproduce;

import io.residual.laboratory.reproduce.Verdict.Judged;
import io.residual.training.ExitStatus;
import io.residual.training.RunData;
import io.residual.training.RunOptions;
import io.residual.training.SeedRuns;
import io.residual.training.data.BatchOrder;
import io.residual.training.data.ImageBatches;
import io.residual.training.data.ImageSet;
import io.residual.training.data.Split;
import io.residual.training.data.StratifiedSplit;
import io.residual.training.fit.Inference;
import io.residual.training.fit.Score;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.Checkpoint;
import io.residual.training.run.EpochMetrics;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.RunModel;
import io.residual.training.spec.Preset;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Trains what is not trained yet, and judges all on the test images. */
final class Reproduction {
    private static final int BATCH = 256;

    private Reproduction() {}

    /**
     * Trains a preset with its seed and those after it.
     *
     * @param seeds how many, at least 1
     * @param directory of the runs
     * @param arguments of the command, as typed
     * @return in the order of the seeds; nothing if a signal ended a run
     * @throws io.residual.training.CommandException if a run cannot begin or go on, or diverges
     */
    static Optional<List<Judged>> of(
            Preset preset, int seeds, Path directory, KernelChoice kernels, List<String> arguments, PrintWriter out) {
        RunOptions options = RunOptions.of(kernels, Optional.of(directory));
        if (SeedRuns.execute(preset, options, seeds, arguments, out) != ExitStatus.OK) {
            return Optional.empty();
        }
        return Optional.of(LongStream.range(0, seeds)
                .mapToObj(i -> judge(preset.spec().seed() + i, directory, kernels))
                .toList());
    }

    private static Judged judge(long seed, Path directory, KernelChoice kernels) {
        RunDirectory run = RunDirectory.open(SeedRuns.runOf(directory, seed));
        ImageSet images = RunData.find(run, Optional.empty()).open(Split.TEST, StratifiedSplit.SEED);
        ImageBatches batches = new ImageBatches(images, BATCH, run.spec().data().input(), new BatchOrder.Sequential());
        float[][] probabilities =
                Inference.probabilities(RunModel.load(run, Checkpoint.LAST, kernels.resolve()), batches);
        Score score = Inference.score(probabilities, images);
        List<EpochMetrics> epochs = run.epochs();
        return new Judged(
                seed,
                run.toString(),
                score.accuracy(),
                score.images(),
                epochs.size(),
                epochs.stream().mapToDouble(EpochMetrics::epochSeconds).sum());
    }
}
