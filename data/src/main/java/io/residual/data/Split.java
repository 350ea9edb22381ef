package io.residual.data;

/**
 * What a part of the data is for. Choices (of a network, of a learning rate, of the epoch to keep) are made on
 * {@code VALIDATION}; {@code TEST} is opened once, at the end.
 */
public enum Split {
    /** The images that a network learns from: the training files without the validation part. */
    TRAIN,
    /** The part of the training files that is held back, see {@link StratifiedSplit}. */
    VALIDATION,
    /** The test files. */
    TEST
}
