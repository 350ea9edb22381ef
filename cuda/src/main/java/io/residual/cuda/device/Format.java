package io.residual.cuda.device;

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
}
