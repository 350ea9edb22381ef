package io.residual.data.picture;

import java.nio.charset.StandardCharsets;

/** Numbers in the bytes of a file, in one order. Reading past the end throws IndexOutOfBoundsException. */
@SuppressWarnings("ArrayRecordComponent") // within this package, and never compared
record FileBytes(byte[] bytes, Order order) {
    /** Which end of a number comes first. */
    enum Order {
        BIG,
        LITTLE
    }

    int size() {
        return bytes.length;
    }

    int u8(long at) {
        if (at < 0 || at >= bytes.length) {
            throw new IndexOutOfBoundsException("byte " + at + " of " + bytes.length);
        }
        return bytes[(int) at] & 0xff;
    }

    int u16(long at) {
        return (int) number(at, 2);
    }

    int u24(long at) {
        return (int) number(at, 3);
    }

    long u32(long at) {
        return number(at, 4);
    }

    int i32(long at) {
        return (int) number(at, 4);
    }

    private long number(long at, int size) {
        long number = 0;
        for (int i = 0; i < size; i++) {
            number = number << 8 | u8(at + (order == Order.BIG ? i : size - 1 - i));
        }
        return number;
    }

    /** Four letters, as they name the chunks of PNG and WebP. */
    String name(long at) {
        u8(at + 3);
        return new String(bytes, (int) at, 4, StandardCharsets.ISO_8859_1);
    }
}
