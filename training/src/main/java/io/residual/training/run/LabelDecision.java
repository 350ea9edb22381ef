package io.residual.training.run;

import io.residual.data.Split;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * What a person has decided on the label of an image: a line of a {@link DecisionFile}.
 *
 * @param part of the data: TRAIN for training images, held back or not, or TEST
 * @param name of the image, for people
 * @param sha256 of the image, see {@link io.residual.data.ImageSet#sha256}
 * @param before class of its label in the data
 * @param after class of its label from now on; that of {@code before} if the label stays, and empty if the image is dropped
 * @param reviewer who decided
 * @param at when, to the second
 */
public record LabelDecision(
        Split part,
        String name,
        String sha256,
        String before,
        String after,
        Verdict verdict,
        String reviewer,
        Instant at) {
    private static final Pattern REVIEWER = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._@-]{0,63}");

    /** What is to be done about a label. */
    public enum Verdict {
        KEEP,
        RELABEL,
        DROP,
        /** Looked at, and left as it is. */
        UNSURE,
        /** Takes back the reviewer's decision before this one on the same image. */
        UNDO
    }

    /** The image and label that a decision is about; equal images with the same label share their decisions. */
    public record Key(Split part, String sha256, String before) {}

    public LabelDecision {
        if (part == Split.VALIDATION) {
            throw new IllegalArgumentException("part: expected TRAIN or TEST");
        }
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("sha256: expected 64 hex digits, got \"" + sha256 + "\"");
        }
        if (!isReviewer(reviewer)) {
            throw new IllegalArgumentException(
                    "reviewer: expected up to 64 letters, digits and spaces, got \"" + reviewer + "\"");
        }
        boolean fits = switch (verdict) {
            case KEEP, UNSURE, UNDO -> after.equals(before);
            case RELABEL -> !after.isEmpty() && !after.equals(before);
            case DROP -> after.isEmpty();
        };
        if (before.isEmpty() || !fits) {
            throw new IllegalArgumentException(
                    verdict + " does not fit labels \"" + before + "\" before and \"" + after + "\" after");
        }
    }

    /** Whether a name can be that of a reviewer. */
    public static boolean isReviewer(String name) {
        return REVIEWER.matcher(name).matches();
    }

    /** What it is about. */
    public Key key() {
        return new Key(part, sha256, before);
    }

    /** As in "keep Shirt", "relabel Coat", "drop". */
    public String outcome() {
        return switch (verdict) {
            case KEEP -> "keep " + before;
            case RELABEL -> "relabel " + after;
            case DROP -> "drop";
            case UNSURE -> "unsure";
            case UNDO -> "undo";
        };
    }
}
