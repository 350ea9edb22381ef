package io.residual.cuda.nvidia;

/** Whether the same numbers must come out each time. */
public enum Determinism {
    DETERMINISTIC,
    /** Whatever is fastest. */
    ANY
}
