package io.residual.evaluation.review;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.evaluation.metrics.Scores;
import io.residual.training.run.LabelDecision;
import io.residual.training.run.LabelDecision.Verdict;
import java.time.Instant;

/**
 * An image whose label is to be reviewed.
 *
 * @param part TRAIN or TEST
 * @param images with the labels that the data have
 * @param scores probabilities of the images by networks that were not trained on them
 * @param index of the image
 * @param suggested the class that it likely has
 */
public record ReviewItem(Split part, ImageSet images, Scores scores, int index, int suggested) {
    String name() {
        return images.name(index);
    }

    String className(int label) {
        return images.classNames().get(label);
    }

    String label() {
        return className(images.label(index));
    }

    LabelDecision.Key key() {
        return new LabelDecision.Key(part, images.sha256(index), label());
    }

    /** @param after class of the label from now on, empty for none */
    LabelDecision decision(Verdict verdict, String after, String reviewer, Instant at) {
        return new LabelDecision(part, name(), images.sha256(index), label(), after, verdict, reviewer, at);
    }
}
