package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.run.Backend;
import io.residual.training.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A trial that a sweep has trained: its spec is {@code trial.yaml}, its run {@code run-1}.
 *
 * @param directory of the trial, such as {@code sweep/17}
 */
record RecordedTrial(Path directory) {
    /**
     * The spec.
     *
     * @throws ResidualException of kind BAD_SETTING if the directory is not that of a trial
     */
    Path specFile() {
        Path file = directory.resolve("trial.yaml");
        if (!Files.isRegularFile(file)) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--trial: " + directory + " has no trial.yaml: give DIR/NUMBER of a sweep");
        }
        return file;
    }

    /** What must be set for bit-identical results: sums over another number of threads may be rounded differently. */
    Optional<String> note() {
        Path run = directory.resolve("run-1");
        if (!RunDirectory.isStarted(run)) {
            return Optional.empty();
        }
        int then = RunDirectory.open(run).manifest().backend().threads();
        int now = Backend.current("").threads();
        return then == now
                ? Optional.empty()
                : Optional.of("note: the trial was trained with " + then + " threads, this run uses " + now
                        + ": set OMP_NUM_THREADS=" + then + " for bit-identical results");
    }
}
