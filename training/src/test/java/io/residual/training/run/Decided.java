package io.residual.training.run;

import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.training.run.LabelDecision.Verdict;
import java.time.Instant;

/** Decisions on training images, as a reviewer makes them. */
final class Decided {
    private static final Instant START = Instant.parse("2026-11-27T17:00:00Z");

    private Decided() {}

    static LabelDecision keep(ImageSet images, int index, String reviewer, int second) {
        return decision(images, index, before(images, index), Verdict.KEEP, reviewer, second);
    }

    static LabelDecision unsure(ImageSet images, int index, String reviewer, int second) {
        return decision(images, index, before(images, index), Verdict.UNSURE, reviewer, second);
    }

    static LabelDecision undo(ImageSet images, int index, String reviewer, int second) {
        return decision(images, index, before(images, index), Verdict.UNDO, reviewer, second);
    }

    static LabelDecision drop(ImageSet images, int index, String reviewer, int second) {
        return decision(images, index, "", Verdict.DROP, reviewer, second);
    }

    static LabelDecision relabel(ImageSet images, int index, String after, String reviewer, int second) {
        return decision(images, index, after, Verdict.RELABEL, reviewer, second);
    }

    private static String before(ImageSet images, int index) {
        return images.classNames().get(images.label(index));
    }

    private static LabelDecision decision(
            ImageSet images, int index, String after, Verdict verdict, String reviewer, int second) {
        return new LabelDecision(
                Split.TRAIN,
                images.name(index),
                images.sha256(index),
                before(images, index),
                after,
                verdict,
                reviewer,
                START.plusSeconds(second));
    }
}
