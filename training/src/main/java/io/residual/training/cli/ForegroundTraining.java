package io.residual.training.cli;

import io.residual.training.Trainer;
import io.residual.training.TrainingResult;
import io.residual.training.run.RunDatasets;
import java.time.Duration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Training in a command: its progress is shown on standard output, and a signal saves it and ends it, soon even if a step
 * takes long.
 */
public final class ForegroundTraining {
    private static final Logger LOG = LogManager.getLogger(ForegroundTraining.class);
    /** From the signal to the end. Service managers and clusters allow 10 seconds or more before they kill. */
    private static final Duration MAX = Duration.ofSeconds(9);

    private ForegroundTraining() {}

    /** Trains, or resumes the run in the trainer's directory. */
    @SuppressWarnings("ClosingStandardOutputStreams") // progress closes its bar, not the stream
    public static TrainingResult run(Trainer trainer, RunDatasets data) {
        try (Interruption interruption = Interruption.listen(ForegroundTraining::endSoon);
                Progress progress = Progress.on(
                        Terminal.detect(),
                        System.out,
                        trainer.spec().optimisation().epochs())) {
            return trainer.stopWhen(interruption::requested).listener(progress).train(data);
        }
    }

    private static void endSoon(String reason) {
        LOG.info("{}: saving after this step; a second signal ends the process at once", reason);
        Thread limit = new Thread(ForegroundTraining::endLate, "residual-save-deadline");
        limit.setDaemon(true);
        limit.start();
    }

    private static void endLate() {
        try {
            Thread.sleep(MAX.toMillis());
        } catch (InterruptedException e) {
            return;
        }
        LOG.info("The step takes too long: ending without it; the run can be resumed from its last checkpoint");
        LogManager.shutdown();
        Runtime.getRuntime().halt(ExitStatus.INTERRUPTED.code());
    }
}
