package io.residual.data.folder;

/** What happens if a picture cannot be read. */
public enum OnCorruptImage {
    /** All are named, and the run does not start. */
    FAIL,
    /** They are named, counted and skipped. */
    SKIP
}
