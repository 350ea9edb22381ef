package io.residual.onednn.kernels;

/** What is done to a result before it is written. */
public enum Epilogue {
    /** Nothing. */
    NONE,
    /** max(0, result). */
    RELU
}
