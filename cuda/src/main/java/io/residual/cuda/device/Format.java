package io.residual.cuda.device;

import java.nio.ByteBuffer;

/** Numbers of images, weights and their gradients in convolutions. Sums are always of 32 bits or more. */
public enum Format {
    /** 32 bits, multiplied as such. */
    F32(4),
    /** 32 bits, of which tensor cores multiply 19. */
    TF32(4),
    BF16(2);

    private final int bytes;

    Format(int bytes) {
        this.bytes = bytes;
    }

    /** Of a number in memory. */
    public int bytes() {
        return bytes;
    }

    /** The bits of a number in memory, in the lower half those of {@link #BF16}: the nearest, of two as near the even one. */
    public int bits(float value) {
        int bits = Float.floatToRawIntBits(value);
        return this == BF16 ? (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16 : bits;
    }

    /** Numbers as they are in the device's memory. */
    public ByteBuffer buffer(float... numbers) {
        ByteBuffer buffer = Device.buffer((long) numbers.length * bytes);
        if (this == BF16) {
            for (int i = 0; i < numbers.length; i++) {
                buffer.putShort(i * Short.BYTES, (short) bits(numbers[i]));
            }
        } else {
            buffer.asFloatBuffer().put(numbers);
        }
        return buffer;
    }
}
