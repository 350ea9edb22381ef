package io.residual.evaluation.labels;

import io.residual.data.ImageSet;
import io.residual.training.CrossValidation;
import io.residual.training.OutOfFold;
import io.residual.training.cli.ForegroundTraining;
import java.util.Optional;

/** Trains the folds of a cross-validation, in this process or on other machines. */
@FunctionalInterface
public interface FoldExecutor {
    /** In this process, one after another. */
    FoldExecutor HERE = (folds, images, location) -> folds.probabilities(images, location, ForegroundTraining::run);

    /**
     * Trains the folds that are not finished, and evaluates them.
     *
     * @param location where the images come from, in words
     * @return nothing if a run was interrupted
     * @throws io.residual.core.ResidualException if a run cannot start, resume or be read, or diverges
     */
    Optional<OutOfFold> probabilities(CrossValidation folds, ImageSet images, String location);
}
