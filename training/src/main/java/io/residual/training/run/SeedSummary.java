package io.residual.training.run;

import io.residual.core.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * The results of runs that differ in their seeds.
 *
 * @param meanAccuracy of the last epochs on validation
 * @param deviation standard deviation of the same over seeds, with n - 1; 0 for a single seed, which has none
 * @param results in the order of the seeds, at least one
 */
public record SeedSummary(double meanAccuracy, double deviation, List<SeedResult> results) {
    /**
     * A run.
     *
     * @param directory name next to the summary
     * @param accuracy of the last epoch on validation
     * @param bestAccuracy of the best epoch on validation
     * @param seconds of all epochs
     */
    public record SeedResult(long seed, String directory, double accuracy, double bestAccuracy, double seconds) {}

    public SeedSummary {
        results = List.copyOf(results);
        if (results.isEmpty()) {
            throw new IllegalArgumentException("a summary needs a run");
        }
    }

    public static SeedSummary of(List<SeedResult> results) {
        double mean =
                results.stream().mapToDouble(SeedResult::accuracy).average().orElse(Double.NaN);
        double[] accuracies = results.stream().mapToDouble(SeedResult::accuracy).toArray();
        return new SeedSummary(
                mean, results.size() < 2 ? 0 : StandardDeviation.of(accuracies).getAsDouble(), results);
    }

    /**
     * Writes the summary as JSON, whole or not at all.
     *
     * @throws io.residual.core.ResidualException of kind BAD_RUN if it cannot be written
     */
    public void write(Path file) {
        try {
            AtomicFile.write(file, StrictJson.pretty(this));
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
    }
}
