package io.residual.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.cli.ExitStatus;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.run.EpochMetrics;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SeedSummary;
import io.residual.training.run.SeedSummary.SeedResult;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The same run with several seeds, one after the other, each in a directory of its own: {@code seed-1}, {@code seed-2} and so
 * on, beside {@code summary.json}. The same command again goes on where it was interrupted.
 */
public final class SeedRuns {
    private static final Path RUNS = Path.of("runs");

    private SeedRuns() {}

    /**
     * Trains with the preset's seed and those after it.
     *
     * @param count of seeds, at least 1
     * @return OK, or INTERRUPTED if a signal ended one of the runs
     * @throws ResidualException if a run cannot begin or go on, or diverges
     */
    public static ExitStatus execute(
            Preset preset, TrainOptions options, int count, List<String> arguments, PrintWriter out) {
        if (count < 1) {
            throw new ResidualException(Kind.BAD_SETTING, "--seeds: expected a number of at least 1, got " + count);
        }
        Path directory = options.directory()
                .orElseGet(
                        () -> RunDirectory.createUnder(RUNS, preset.name(), LocalDateTime.now(ZoneId.systemDefault()))
                                .path());
        List<SeedResult> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TrainingSpec spec = preset.spec().withSeed(preset.spec().seed() + i);
            Path run = runOf(directory, spec.seed());
            ExitStatus status = TrainingRun.execute(
                    new Preset(preset.name(), spec), options.withDirectory(Optional.of(run)), arguments, out);
            if (status != ExitStatus.OK) {
                return status;
            }
            results.add(result(spec.seed(), run));
        }
        SeedSummary summary = SeedSummary.of(results);
        summary.write(directory.resolve("summary.json"));
        out.printf(
                Locale.ROOT,
                "Validation accuracy of %d seed%s: mean %.4f, standard deviation %s%n",
                count,
                count == 1 ? "" : "s",
                summary.meanAccuracy(),
                summary.results().size() < 2 ? "n/a" : String.format(Locale.ROOT, "%.4f", summary.deviation()));
        return ExitStatus.OK;
    }

    /** The directory of a seed's run. */
    public static Path runOf(Path directory, long seed) {
        return directory.resolve("seed-" + seed);
    }

    private static SeedResult result(long seed, Path run) {
        List<EpochMetrics> epochs = RunDirectory.open(run).epochs();
        return new SeedResult(
                seed,
                run.getFileName().toString(),
                epochs.get(epochs.size() - 1).validationAccuracy(),
                epochs.stream()
                        .mapToDouble(EpochMetrics::validationAccuracy)
                        .max()
                        .orElseThrow(),
                epochs.stream().mapToDouble(EpochMetrics::epochSeconds).sum());
    }
}
