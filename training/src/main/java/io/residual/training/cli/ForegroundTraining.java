package io.residual.training.cli;

import io.residual.training.Trainer;
import io.residual.training.TrainingResult;
import io.residual.training.run.RunDatasets;

/** Training in a command: its progress is shown on standard output, and a signal saves it and ends it. */
public final class ForegroundTraining {
    private ForegroundTraining() {}

    /** Trains, or resumes the run in the trainer's directory. */
    @SuppressWarnings("ClosingStandardOutputStreams") // progress closes its bar, not the stream
    public static TrainingResult run(Trainer trainer, RunDatasets data) {
        try (Interruption interruption = Interruption.listen(SaveDeadline::start);
                Progress progress = Progress.on(
                        Terminal.detect(),
                        System.out,
                        trainer.spec().optimisation().epochs())) {
            return trainer.stopWhen(interruption::requested).listener(progress).train(data);
        }
    }
}
