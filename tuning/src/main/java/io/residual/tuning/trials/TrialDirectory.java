package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.IoErrors;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a trial: {@code DIR/<number>} with its spec {@code trial.yaml}, the run of each seed {@code run-<seed>},
 * counted from 1, fresh seeds after those of the search, and {@code worker.log}.
 */
record TrialDirectory(Path path) {
    static TrialDirectory of(Path sweep, long trial) {
        return new TrialDirectory(sweep.resolve(Long.toString(trial)));
    }

    /** The spec of the first seed's run. */
    Path specFile() {
        return path.resolve("trial.yaml");
    }

    /** @param seed counted from 0 */
    Path run(int seed) {
        return path.resolve("run-" + (seed + 1));
    }

    Path log() {
        return path.resolve("worker.log");
    }

    /** @throws ResidualException of kind BAD_RUN if it cannot be written */
    void create(TrainingSpec spec) {
        try {
            Files.createDirectories(path);
            AtomicFile.write(specFile(), SpecFile.write(spec));
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    path + ": cannot be written (" + IoErrors.reason(e) + "): free space, then resume the sweep",
                    e);
        }
    }
}
