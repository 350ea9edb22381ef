package io.residual.evaluation.labels;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is likely wrong with a data set, and how it was found.
 *
 * @param origin where the images come from, in words
 * @param how the training images were judged
 * @param training judged by cross-validation
 * @param test judged by a run's model, if one was given
 * @param tolerance of like images: greatest mean absolute difference, in grey levels of 0 to 255
 * @param likes like images of each pair of parts
 */
public record LabelReport(
        String origin,
        CrossValidation how,
        LabelIssues training,
        Optional<TestIssues> test,
        double tolerance,
        List<DuplicatePairs> likes) {
    /**
     * The test images, judged by a model that was trained on the training images.
     *
     * @param run of the model
     */
    public record TestIssues(String run, LabelIssues issues) {}

    public LabelReport {
        likes = List.copyOf(likes);
    }

    /** All parts whose labels were judged. */
    List<LabelIssues> parts() {
        List<LabelIssues> parts = new ArrayList<>(List.of(training));
        test.ifPresent(judged -> parts.add(judged.issues()));
        return parts;
    }
}
