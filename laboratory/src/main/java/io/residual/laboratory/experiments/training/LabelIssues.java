package io.residual.laboratory.experiments.training;

import io.residual.data.ImageSet;
import io.residual.evaluation.labels.ConfidentLearning;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.loop.Inference;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which of the held-out labels look wrong to a network that was not trained on them, and how many of these were made wrong:
 * {@code images}, {@code planted} (wrong labels among them), {@code suspects} (labels that confident learning flags) and {@code
 * hits} (planted ones that it flags).
 */
final class LabelIssues {
    private LabelIssues() {}

    static Map<String, Double> measure(ProbeTarget target) {
        ImageSet images = target.images().heldOut();
        ImageSet truth = target.images().heldOutTruth();
        float[][] probabilities = Inference.probabilities(target.network(), target.heldOut());
        int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
        ConfidentLearning found = ConfidentLearning.of(Scores.of(probabilities, labels));
        long planted = IntStream.range(0, labels.length)
                .filter(i -> labels[i] != truth.label(i))
                .count();
        long hits = found.suspects().stream()
                .filter(suspect -> labels[suspect.example()] != truth.label(suspect.example()))
                .count();
        return Map.of(
                "images", (double) labels.length,
                "planted", (double) planted,
                "suspects", (double) found.suspects().size(),
                "hits", (double) hits);
    }
}
