package io.residual.evaluation.model;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.run.SavedModel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Which weights of a run are used, written as {@code best}, {@code last} or the path of a file. */
public sealed interface ModelChoice {
    /** One that every run has. */
    record Saved(SavedModel model) implements ModelChoice {
        @Override
        public String toString() {
            return model.toString();
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
        return new Saved(SavedModel.LAST);
    }

    /**
     * Reads what {@code toString} writes.
     *
     * @throws ResidualException of kind BAD_SETTING if the text is neither a checkpoint nor a path
     */
    static ModelChoice of(String text) {
        for (SavedModel model : SavedModel.values()) {
            if (text.equals(model.toString())) {
                return new Saved(model);
            }
        }
        try {
            return new WeightsFile(Path.of(text));
        } catch (InvalidPathException e) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "checkpoint: expected last, best or a file, got '" + text + "'", e);
        }
    }
}
