package io.residual.onednn.kernels;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;

/**
 * In which numbers convolutions multiply, and in which a compiled step keeps activations and their gradients. Parameters, their
 * gradients, statistics and sums are of 32 bits in both.
 */
public enum Precision {
    /** IEEE 754 binary32. */
    F32,
    /**
     * bfloat16 factors (8 bits of mantissa) with 32-bit sums, where the processor has instructions for them
     * (AVX512_BF16, AMX) and the convolution has 16 input channels or more; binary32 elsewhere.
     */
    BF16;

    /** This precision, or F32 where the processor does not support it. */
    public Precision supportedHere() {
        int needed = dnnl.dnnl_cpu_isa_avx512_core_bf16;
        return (dnnl.dnnl_get_effective_cpu_isa() & needed) == needed ? this : F32;
    }

    /** What the numbers of activations are in memory. */
    public NumberType numbers() {
        return this == BF16 ? NumberType.BF16 : NumberType.F32;
    }

    /** Bytes of a number. */
    public int bytes() {
        return numbers().bytes();
    }

    memory.data_type type() {
        return numbers().code();
    }
}
