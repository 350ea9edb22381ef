package io.residual.onednn.kernels;

import org.bytedeco.dnnl.memory;

/** What the numbers of an image are in memory. */
public enum NumberType {
    F32(memory.data_type.f32, 4),
    BF16(memory.data_type.bf16, 2),
    /** Integers from -128 to 127. */
    S8(memory.data_type.s8, 1),
    /** Integers from 0 to 255. */
    U8(memory.data_type.u8, 1);

    private final memory.data_type code;
    private final int bytes;

    NumberType(memory.data_type code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    memory.data_type code() {
        return code;
    }

    public int bytes() {
        return bytes;
    }

    public boolean isInteger() {
        return this == S8 || this == U8;
    }
}
