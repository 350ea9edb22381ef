package io.residual.evaluation.labels;

import io.residual.training.CrossValidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The likely errors of a data set, and how they were found.
 *
 * @param origin where the images come from, in words
 * @param crossValidation whose networks evaluated the training images
 * @param test evaluated by a run's model, if one was given
 * @param tolerance of duplicates: maximum mean absolute difference, in grey levels of 0 to 255
 * @param duplicates of each pair of parts
 */
public record LabelReport(
        String origin,
        CrossValidation crossValidation,
        LabelIssues training,
        Optional<TestIssues> test,
        double tolerance,
        List<DuplicatePairs> duplicates) {
    /**
     * The test images, evaluated by a model that was trained on the training images.
     *
     * @param run of the model
     */
    public record TestIssues(String run, LabelIssues issues) {}

    public LabelReport {
        duplicates = List.copyOf(duplicates);
    }

    /** All parts whose labels were evaluated. */
    List<LabelIssues> parts() {
        List<LabelIssues> parts = new ArrayList<>(List.of(training));
        test.ifPresent(evaluated -> parts.add(evaluated.issues()));
        return parts;
    }
}
