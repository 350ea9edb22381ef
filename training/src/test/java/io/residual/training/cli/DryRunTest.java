package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.Preset;
import io.residual.training.forecast.ProcessMemory;
import io.residual.training.run.RunDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code train} says about a training before it starts. */
@Tag("slow")
class DryRunTest {
    @TempDir
    private Path directory;

    private record Outcome(int status, String out, String err) {}

    private Outcome train(String... args) {
        List<String> all = new ArrayList<>(List.of("--width", "4", "--epochs", "1", "--run"));
        all.add(directory.resolve("run").toString());
        all.addAll(List.of(args));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status =
                CommandRunner.run(new Main(), new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
        return new Outcome(status, out.toString(), err.toString());
    }

    @Test
    void a_dry_run_prints_memory_time_and_disk_and_leaves_nothing() throws IOException {
        Outcome outcome = train("--dry-run", "--memory", "16");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out())
                .containsPattern("Memory  (\\d\\.\\d\\d GB at most, of 16\\.0 GB available|n/a: .*)\\R")
                .containsPattern("Time    [0-9.]+ s per epoch \\([0-9.]+ s to [0-9.]+ s, as the measured steps vary\\),"
                        + " [0-9,]+ images/s; [0-9.]+ s for 1 epoch\\R")
                .containsPattern("Disk    \\d MB\\R");
        assertThat(Files.list(directory)).isEmpty();
        assertThat(train("--dry-run", "--seeds", "2").err()).contains("--dry-run train no run");
    }

    @Test
    void a_training_that_does_not_fit_is_refused_before_it_starts() {
        assumeThat(ProcessMemory.peak()).as("Linux says what a process takes").isPresent();
        Outcome outcome = train("--memory", "0.1");
        assertThat(outcome.status()).isEqualTo(ExitStatus.MEMORY.code());
        assertThat(outcome.err())
                .matches("error: batchSize 64 needs about \\d\\.\\d GB of memory, and 0\\.1 GB are available: use a"
                        + " smaller network or smaller images.*\\R");
        assertThat(directory).isEmptyDirectory();
        assertThat(train("--memory", "0").err()).startsWith("error: --memory: expected gigabytes above 0, got 0.0");
    }

    @Test
    void the_largest_batch_is_recorded_and_kept_by_a_run_that_resumes() {
        assumeThat(ProcessMemory.peak()).as("Linux says what a process takes").isPresent();
        // Enough for two of the processes that measure, and too little for a third to be of use.
        Outcome outcome = train("--batch-size", "auto", "--memory", "0.5", "--stop-after", "1");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        int batch = batchSize();
        assertThat(batch).isBetween(32, 1830);
        assertThat(outcome.out()).contains(String.format(Locale.ROOT, "Batch size: %,d, the largest that fits", batch));
        Outcome again = train("--batch-size", "auto", "--stop-after", "1");
        assertThat(again.status()).isZero();
        assertThat(again.out()).doesNotContain("Batch size");
        assertThat(batchSize()).isEqualTo(batch);
    }

    private int batchSize() {
        return RunDirectory.open(directory.resolve("run")).spec().optimisation().batchSize();
    }

    @Test
    void the_learning_rate_follows_linearly_or_with_the_square_root_for_adaptive_optimisers() {
        OptimisationSpec sgd = Preset.resolve("quick", Map.of("batchSize", "64", "learningRate", "0.05"))
                .spec()
                .optimisation();
        assertThat(ForecastOptions.advice(sgd, 256))
                .isEqualTo(
                        "Batch size: 256, the largest that fits. The learning rate stays 0.0500, which is for batches"
                                + " of 64; try --learning-rate 0.20 (linear scaling, Goyal et al. 2017, with"
                                + " --warmup-epochs if it is much larger)");
        OptimisationSpec adam = Preset.resolve("quick", Map.of("learningRate", "0.001", "optimiser", "adam"))
                .spec()
                .optimisation();
        assertThat(ForecastOptions.advice(adam, 4 * adam.batchSize()))
                .contains("--learning-rate 0.0020 (square root scaling, Malladi et al. 2022)");
        assertThat(ForecastOptions.advice(sgd, 64)).isEqualTo("Batch size: 64, the largest that fits.");
    }
}
