package io.residual.data;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.Locale;

/** The images of one place, read when they are asked for. Not safe for use by several threads. */
public interface DataSource {
    Origin origin();

    /**
     * Reads one part of the data. The training images are read once, and stay in memory.
     *
     * @param seed which images are held back for validation where the data does not say, see {@link StratifiedSplit}
     */
    ImageSet open(Split split, long seed);

    /** Whether the data have such a part of their own; images for validation may otherwise be held back from the training ones. */
    default boolean has(Split split) {
        return true;
    }

    /** All training images, none held back: what published results were trained on. */
    ImageSet wholeTraining();

    /** The images to evaluate a network on that was trained elsewhere: the test part; all images if there are no parts. */
    default ImageSet labelled() {
        return open(Split.TEST, StratifiedSplit.SEED);
    }

    /** The files that were skipped so far. */
    default SkippedFiles skipped() {
        return SkippedFiles.NONE;
    }

    /** The error of a data set that is too small for a validation part. */
    static ResidualException tooFewToHoldBack(Origin origin, ImageSet training) {
        return new ResidualException(
                Kind.BAD_DATA,
                String.format(
                        Locale.ROOT,
                        "%s: too few training images (%,d) for a part for validation; every class needs 12 or so.",
                        origin.place(),
                        training.size()));
    }
}
