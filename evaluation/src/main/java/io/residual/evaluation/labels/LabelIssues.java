package io.residual.evaluation.labels;

import io.residual.data.ImageSet;
import io.residual.evaluation.labels.ConfidentLearning.Suspect;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.OutOfFold;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The likely wrong labels of images.
 *
 * @param part of the data, such as {@code training}
 * @param images in the order of the scores
 * @param scores probabilities by networks that were not trained on these images
 */
public record LabelIssues(String part, ImageSet images, Scores scores, ConfidentLearning learning) {
    public LabelIssues {
        if (images.size() != scores.examples()) {
            throw new IllegalArgumentException(
                    scores.examples() + " rows of scores do not match " + images.size() + " images");
        }
    }

    /** The issues of images that were each predicted by a network that was not trained on it. */
    static LabelIssues of(String part, ImageSet images, OutOfFold predictions) {
        int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
        return of(part, images, Scores.of(predictions.probabilities(), labels));
    }

    /** Evaluates labels by out-of-sample probabilities. */
    public static LabelIssues of(String part, ImageSet images, Scores scores) {
        return new LabelIssues(part, images, scores, ConfidentLearning.of(scores));
    }

    /** The likely wrong labels, the least likely label first; indices are those of {@link #images}. */
    public List<Suspect> suspects() {
        return learning.suspects();
    }

    /**
     * Indices of all images, the least likely label first: the order in which to look at them. A wrong label whose image is
     * no clear case of any class is not a suspect, but is high here too.
     */
    public List<Integer> ranking() {
        return IntStream.range(0, scores.examples())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> scores.score(i, scores.label(i))))
                .toList();
    }

    /** The share of images whose prediction is their label. */
    public double accuracy() {
        return scores.topAccuracy(1);
    }

    /** The same without the suspects. */
    public double accuracyWithoutSuspects() {
        return learning.accuracyWithoutSuspects(scores);
    }

    String className(int label) {
        return images.classNames().get(label);
    }
}
