package io.residual.tuning.trials;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.config.TrainingSpec;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.sweep.SweepFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a sweep leaves on the disk, and what it says about that before it starts. */
@Timeout(60)
class SweepDiskTest {
    private static final String ASHA = """
        overrides: {epochs: 9}
        seeds: 2
        space:
          learningRate: {logUniform: [0.001, 1]}
          width: {integer: [4, 32]}
        pruner: {asha: {reductionFactor: 3, minEpochs: 1}}
        budget: {trials: 12}
        """;

    @TempDir
    private Path directory;

    @Test
    void the_largest_trial_is_counted() {
        Sweep sweep = SweepFile.parse("a.yaml", ASHA);
        TrainingSpec widest = sweep.spec(sweep.space().at(new double[] {1, 1}));

        assertThat(SweepDisk.of(sweep))
                .isEqualTo(new SweepDisk(4 * widest.resNet(3, 10).parameters(), 2, OptionalInt.of(12), 0));
        assertThat(new SweepDisk(2_500_000, 2, OptionalInt.of(12), 9).describe())
                .isEqualTo("Disk: about 10.0 MB for the models of each trial, 120.0 MB for 12, 45.0 MB for its"
                        + " confirmation, and up to 40.0 MB more while it is trained or may be continued");
    }

    @Test
    void only_trials_that_may_be_continued_keep_their_checkpoints() {
        TrialExecutor executor = (job, listener) -> {
            write(job.run().resolve("checkpoints"));
            return new SweepHandleTest.Curves().train(job, listener);
        };
        List<Trial> trials;
        try (SweepHandle sweep = SweepHandle.create(directory, "a.yaml", ASHA, UnaryOperator.identity())) {
            sweep.run(1, executor, (trial, progress) -> {});
            trials = sweep.trials();
        }

        assertThat(trials).extracting(Trial::state).contains(TrialState.DONE, TrialState.PAUSED);
        for (Trial trial : trials) {
            Path checkpoint = directory.resolve(trial.number() + "/run-1/checkpoints/1.safetensors");
            assertThat(Files.exists(checkpoint))
                    .as("%s", trial)
                    .isEqualTo(!trial.state().isFinal());
        }

        long done = trials.stream()
                .filter(trial -> trial.state() == TrialState.DONE)
                .findFirst()
                .orElseThrow()
                .number();
        Path left = directory.resolve(done + "/run-2/checkpoints");
        write(left);
        try (SweepHandle sweep = SweepHandle.resume(directory, "", Optional.empty(), UnaryOperator.identity())) {
            sweep.run(1, executor, (trial, progress) -> {});
        }
        assertThat(left).as("left by a sweep that was killed").isEmptyDirectory();
    }

    private static void write(Path checkpoints) {
        try {
            Files.createDirectories(checkpoints);
            Files.writeString(checkpoints.resolve("1.safetensors"), "x");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
