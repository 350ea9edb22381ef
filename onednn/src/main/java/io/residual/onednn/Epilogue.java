package io.residual.onednn;

/** What is done to a result before it is written. */
public enum Epilogue {
    /** Nothing. */
    NONE,
    /** max(0, result). */
    RELU,
    /** The result is added to what the output holds. */
    ADD,
    /** max(0, output + result). */
    ADD_RELU;

    boolean addsToOutput() {
        return this == ADD || this == ADD_RELU;
    }

    boolean rectifies() {
        return this == RELU || this == ADD_RELU;
    }
}
