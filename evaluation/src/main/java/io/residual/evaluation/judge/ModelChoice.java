package io.residual.evaluation.judge;

import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.run.Checkpoint;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Which weights of a run are asked, written as {@code best}, {@code last} or the path of a file. */
public sealed interface ModelChoice {
    /** One that every run keeps. */
    record Kept(Checkpoint checkpoint) implements ModelChoice {
        @Override
        public String toString() {
            return checkpoint.toString();
        }
    }

    /** A safetensors file with the run's own names of the tensors. */
    record WeightsFile(Path path) implements ModelChoice {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** The weights after the last epoch. */
    static ModelChoice last() {
        return new Kept(Checkpoint.LAST);
    }

    /**
     * Reads what {@code toString} writes.
     *
     * @throws CommandException of status USAGE if the text is neither a checkpoint nor a path
     */
    static ModelChoice of(String text) {
        for (Checkpoint checkpoint : Checkpoint.values()) {
            if (text.equals(checkpoint.toString())) {
                return new Kept(checkpoint);
            }
        }
        try {
            return new WeightsFile(Path.of(text));
        } catch (InvalidPathException e) {
            throw new CommandException(
                    ExitStatus.USAGE, "--checkpoint: expected last, best or a file, got '" + text + "'", e);
        }
    }
}
