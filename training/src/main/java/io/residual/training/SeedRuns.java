package io.residual.training;

import io.residual.training.TrainingResult.Outcome;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.SeedSummary;
import io.residual.training.run.SeedSummary.SeedResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The same training with several seeds, one after the other, each in a directory of its own: {@code seed-1}, {@code seed-2}
 * and so on, beside {@code summary.json}. Repeating the call reuses finished runs and resumes an interrupted one.
 */
public final class SeedRuns {
    private SeedRuns() {}

    /**
     * Trains with the seed of the spec and those after it.
     *
     * @param trainer whose directory does not matter
     * @param count of seeds, at least 1
     * @param directory of the runs and their summary
     * @param train how a run is trained, such as {@code t -> t.train(data)}
     * @return nothing if one of the runs was interrupted
     */
    public static Optional<SeedSummary> train(
            Trainer trainer, int count, Path directory, Function<Trainer, TrainingResult> train) {
        List<SeedResult> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long seed = trainer.spec().seed() + i;
            Path run = runOf(directory, seed);
            TrainingResult result = train.apply(trainer.seed(seed).directory(run));
            if (result.outcome() == Outcome.INTERRUPTED) {
                return Optional.empty();
            }
            results.add(new SeedResult(
                    seed,
                    run.getFileName().toString(),
                    result.last().orElseThrow().validationAccuracy(),
                    result.best().orElseThrow().validationAccuracy(),
                    result.history().stream()
                            .mapToDouble(EpochMetrics::epochSeconds)
                            .sum()));
        }
        SeedSummary summary = SeedSummary.of(results);
        summary.write(directory.resolve("summary.json"));
        return Optional.of(summary);
    }

    /** The directory of a seed's run. */
    public static Path runOf(Path directory, long seed) {
        return directory.resolve("seed-" + seed);
    }
}
