package io.residual.core.safetensors;

/**
 * How one element is stored, little-endian. The constants carry the names of the format and stand in the order by which
 * the reference implementation aligns a file: a later type is written before an earlier one.
 */
public enum DType {
    /** One byte, 0 or 1. */
    BOOL(1),
    U8(1),
    I8(1),
    I16(2),
    U16(2),
    /** IEEE 754 binary16. */
    F16(2),
    /** The upper half of an IEEE 754 binary32. */
    BF16(2),
    I32(4),
    U32(4),
    F32(4),
    F64(8),
    I64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether the elements are integers. A BOOL is not. */
    public boolean isInteger() {
        return switch (this) {
            case U8, I8, I16, U16, I32, U32, I64 -> true;
            case BOOL, F16, BF16, F32, F64 -> false;
        };
    }
}
