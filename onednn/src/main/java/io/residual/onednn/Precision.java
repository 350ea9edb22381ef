package io.residual.onednn;

/** In which numbers convolutions multiply. Activations, parameters and sums are of 32 bits in both. */
public enum Precision {
    /** IEEE 754 binary32. */
    F32,
    /** bfloat16 factors (8 bits of mantissa) with 32-bit sums, where the processor has instructions for them. */
    BF16
}
