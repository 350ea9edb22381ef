package io.residual.evaluation.judge;

import io.residual.training.run.Checkpoint;
import java.nio.file.Path;
import java.util.Locale;

/** Which weights of a run are judged, written as {@code best}, {@code last} or the path of a file. */
public sealed interface ModelChoice {
    /** One that every run keeps. */
    record Kept(Checkpoint checkpoint) implements ModelChoice {
        @Override
        public String toString() {
            return checkpoint.name().toLowerCase(Locale.ROOT);
        }
    }

    /** A safetensors file with the run's own names of the tensors. */
    record WeightsFile(Path path) implements ModelChoice {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** Reads what {@code toString} writes. */
    static ModelChoice of(String text) {
        for (Checkpoint checkpoint : Checkpoint.values()) {
            if (text.equals(checkpoint.name().toLowerCase(Locale.ROOT))) {
                return new Kept(checkpoint);
            }
        }
        return new WeightsFile(Path.of(text));
    }
}
