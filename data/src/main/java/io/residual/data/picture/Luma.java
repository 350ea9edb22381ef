package io.residual.data.picture;

/** Grey of a colour as Pillow's mode L has it: ITU-R 601-2, 0.299 R + 0.587 G + 0.114 B, in fixed point with 16 bits. */
public final class Luma {
    private Luma() {}

    /** The grey level in [0, 255] of red, green and blue in [0, 255]. */
    public static int of(int red, int green, int blue) {
        return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
}
