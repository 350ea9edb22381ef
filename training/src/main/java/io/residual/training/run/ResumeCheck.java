package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.Settings;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** What must be unchanged to resume a run. All errors are {@link ResidualException}s of kind BAD_RUN. */
public final class ResumeCheck {
    private static final Logger LOG = LogManager.getLogger(ResumeCheck.class);

    private ResumeCheck() {}

    /** Refuses another spec, or other images, than those that the run was started with. Warns about another program. */
    public static void require(RunDirectory run, TrainingSpec spec, RunManifest now) {
        TrainingSpec started = run.spec();
        String differences = Settings.all().stream()
                .filter(setting -> !setting.text(started).equals(setting.text(spec)))
                .map(setting -> setting.name() + " was " + setting.text(started) + ", is now " + setting.text(spec))
                .collect(Collectors.joining("; "));
        if (!differences.isEmpty()) {
            throw error(
                    run.path(),
                    "holds a run with other settings: " + differences
                            + ": resume it with its own settings, or give another run directory");
        }
        RunManifest then = run.manifest();
        if (!then.data().sha256().equals(now.data().sha256())
                || !then.data().classes().equals(now.data().classes())) {
            throw error(
                    run.path(),
                    "the run was started with other images than those of "
                            + now.data().location() + ": name the ones of "
                            + then.data().location() + ", or give another run directory");
        }
        if (!then.versions().equals(now.versions()) || !then.backend().equals(now.backend())) {
            LOG.warn(
                    "{}: resumes with another program, machine or number of threads, so the result may differ in the last"
                            + " bits: started with {}, {}; now {}, {}",
                    run,
                    then.versions(),
                    then.backend(),
                    now.versions(),
                    now.backend());
        }
    }

    /** Refuses a checkpoint of another spec, or of kernels that order the parameters in another way. */
    public static void require(Path file, TrainingState state, String specSha256, ComputeKernels kernels) {
        if (!state.specSha256().equals(specSha256)) {
            throw error(
                    file,
                    "the checkpoint is of another spec.yaml than the one in the run directory: was the file changed?");
        }
        if (state.kernels() != kernels) {
            throw error(
                    file,
                    "the checkpoint was computed by other kernels: resume with kernels "
                            + state.kernels().name().toLowerCase(Locale.ROOT));
        }
    }

    private static ResidualException error(Path where, String what) {
        return new ResidualException(Kind.BAD_RUN, where + ": " + what);
    }
}
