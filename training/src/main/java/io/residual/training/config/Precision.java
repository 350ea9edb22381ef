package io.residual.training.config;

/** In which numbers convolutions multiply; all else is of 32 bits. */
public enum Precision {
    FLOAT32,
    /** 19-bit factors with 32-bit sums, on the tensor cores of a GPU. */
    TF32,
    /** bfloat16 factors with 32-bit sums, where kernels and processor have them. */
    BF16
}
