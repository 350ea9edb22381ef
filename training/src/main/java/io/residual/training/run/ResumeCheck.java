package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ClassNames;
import io.residual.data.Split;
import io.residual.training.config.Settings;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** What must be unchanged to resume a run. All errors are {@link ResidualException}s of kind BAD_RUN. */
public final class ResumeCheck {
    private static final Logger LOG = LogManager.getLogger(ResumeCheck.class);

    private ResumeCheck() {}

    /** Refuses another spec than the one that the run was started with. Warns about another program. */
    public static void require(RunDirectory run, TrainingSpec spec, RunManifest now) {
        TrainingSpec started = run.spec();
        // The places of images and decisions do not matter: they are checked themselves.
        String differences = Settings.all().stream()
                .filter(setting -> !Set.of("data", "labelDecisions").contains(setting.name()))
                .filter(setting -> !setting.text(started).equals(setting.text(spec)))
                .map(setting -> setting.name() + " was " + setting.text(started) + ", is now " + setting.text(spec))
                .collect(Collectors.joining("; "));
        if (!differences.isEmpty()) {
            throw error(
                    run.path(),
                    "holds a run with other settings: " + differences
                            + ": resume it with its own settings, or give another run directory");
        }
        requireDecisions(run, spec);
        RunManifest then = run.manifest();
        if (!then.versions().equals(now.versions()) || !then.backend().equals(now.backend())) {
            LOG.warn(
                    "{}: resumes with another program, machine or number of threads, so the result may differ in the"
                            + " last bits: started with {}, {}; now {}, {}",
                    run,
                    then.versions(),
                    then.backend(),
                    now.versions(),
                    now.backend());
        }
    }

    private static void requireDecisions(RunDirectory run, TrainingSpec spec) {
        String then = run.decisions().map(LabelDecisions::sha256).orElse("none");
        Optional<Path> file = spec.data().labelDecisions().file();
        String now = file.filter(Files::exists)
                .map(decisions -> LabelDecisions.read(decisions).sha256())
                // The run has copied them.
                .orElse(file.isEmpty() ? "none" : run.decisions().isPresent() ? then : "that of no file");
        if (!now.equals(then)) {
            throw error(
                    run.path(),
                    "holds a run with other decisions on labels: their SHA-256 was " + then + ", is now " + now
                            + ": resume it with " + LabelDecisions.FILE + " of the run"
                            + ", or give another run directory");
        }
    }

    /**
     * The images that a run was started with, wherever they are now, in its parts and at their positions. Refuses others.
     *
     * @param now images as the place has them
     */
    public static RunDatasets images(RunDirectory run, RunDatasets now) {
        DataOrigin then = run.manifest().data();
        boolean sameClasses = ClassNames.equal(then.classes(), now.origin().classes());
        if (sameClasses && then.isOf(now.origin().sha256())) {
            return now;
        }
        Optional<ImageList> list = sameClasses ? ImageList.of(run) : Optional.empty();
        if (list.isPresent()) {
            ImageList.Found found = list.get().find(now.train().and(now.validation()));
            String differences = found.differences();
            if (differences.isEmpty()) {
                return new RunDatasets(
                        now.origin(), found.asTrained(Split.TRAIN), found.asTrained(Split.VALIDATION), now.skipped());
            }
            throw otherImages(run, now, differences);
        }
        throw otherImages(
                run,
                now,
                sameClasses
                        ? RunSource.differences(then.sha256(), now.origin().sha256())
                        : "their classes are " + String.join(", ", now.origin().classes()) + ", those of the run "
                                + String.join(", ", then.classes()));
    }

    private static ResidualException otherImages(RunDirectory run, RunDatasets now, String differences) {
        return error(
                run.path(),
                "the run was started with other images than those of "
                        + now.origin().location() + ": " + differences + ": name the images of "
                        + run.manifest().data().location() + " as they were, or give another run directory");
    }

    /** Refuses a checkpoint of another spec, or of kernels that order the parameters in another way. */
    public static void require(Path file, TrainingState state, String specSha256, ComputeKernels kernels) {
        if (!state.specSha256().equals(specSha256)) {
            throw error(
                    file,
                    "the checkpoint is of another spec.yaml than the one in the run directory: was the file changed?");
        }
        if (state.kernels() != kernels) {
            String then = state.kernels().name().toLowerCase(Locale.ROOT);
            throw error(
                    file,
                    state.kernels() == ComputeKernels.CUDA
                            ? "the checkpoint was computed on a GPU: resume with device cuda"
                            : "the checkpoint was computed by other kernels: resume with "
                                    + (kernels == ComputeKernels.CUDA ? "device cpu and " : "") + "kernels " + then);
        }
    }

    private static ResidualException error(Path where, String what) {
        return new ResidualException(Kind.BAD_RUN, where + ": " + what);
    }
}
