package io.residual.data;

/** What becomes of the images of an epoch that do not fill a batch. */
public enum LastBatch {
    /** They are a smaller batch at the end. */
    KEEP,
    /** They are dropped from this epoch. */
    DROP
}
