package io.residual.data.picture;

import io.residual.data.picture.FileBytes.Order;
import java.awt.image.WritableRaster;

/**
 * The chunks of a WebP file, as far as the first frame.
 *
 * @param width of the picture
 * @param height of the picture
 * @param left where the frame lies in it
 * @param top where the frame lies in it
 * @param isExtended whether it has more chunks than the frame's
 */
record WebpFile(int width, int height, int left, int top, boolean isExtended) {
    private static final int EXTENDED = 12;
    private static final int FLAGS = 20;
    private static final int HAS_PROFILE = 0x20;
    private static final int IS_ANIMATED = 0x02;

    /**
     * Reads the chunks.
     *
     * @throws IndexOutOfBoundsException if one is cut short
     */
    static WebpFile of(byte[] bytes) {
        FileBytes file = new FileBytes(bytes, Order.LITTLE);
        if (file.size() < 8 + file.u32(4)) {
            throw new IndexOutOfBoundsException("shorter than its header says");
        }
        if (!file.name(EXTENDED).equals("VP8X")) {
            return frame(file, EXTENDED);
        }
        int width = file.u24(24) + 1;
        int height = file.u24(27) + 1;
        long at = chunk(file, 30, (file.u8(FLAGS) & IS_ANIMATED) == 0 ? "VP8" : "ANMF");
        boolean animated = file.name(at).equals("ANMF");
        int left = animated ? 2 * file.u24(at + 8) : 0;
        int top = animated ? 2 * file.u24(at + 11) : 0;
        WebpFile frame = frame(file, animated ? chunk(file, at + 24, "VP8") : at);
        boolean agrees = animated
                ? frame.width == file.u24(at + 14) + 1 && frame.height == file.u24(at + 17) + 1
                : frame.width == width && frame.height == height;
        if (!agrees || left + frame.width > width || top + frame.height > height) {
            throw new IllegalArgumentException(
                    "a frame of " + frame.width + " x " + frame.height + " pixels in " + width + " x " + height);
        }
        return new WebpFile(width, height, left, top, true);
    }

    /** The first chunk whose name starts so. */
    private static long chunk(FileBytes file, long from, String name) {
        long at = from;
        while (!file.name(at).startsWith(name)) {
            at += 8 + file.u32(at + 4) + (file.u32(at + 4) & 1);
        }
        return at;
    }

    private static WebpFile frame(FileBytes file, long at) {
        return switch (file.name(at)) {
            case "VP8 " -> new WebpFile(file.u16(at + 14) & 0x3fff, file.u16(at + 16) & 0x3fff, 0, 0, false);
            case "VP8L" -> {
                long sizes = file.u32(at + 9);
                yield new WebpFile((int) (sizes & 0x3fff) + 1, (int) (sizes >> 14 & 0x3fff) + 1, 0, 0, false);
            }
            default -> throw new IllegalArgumentException("no frame");
        };
    }

    /**
     * Writes the alpha of a frame that stores it without compression, which the reader takes for opaque.
     *
     * @param alpha of the decoded frame
     */
    static void putPlainAlpha(byte[] bytes, WritableRaster alpha) {
        FileBytes file = new FileBytes(bytes, Order.LITTLE);
        boolean animated = (file.u8(FLAGS) & IS_ANIMATED) != 0;
        long at = animated ? chunk(file, 30, "ANMF") + 24 : 30;
        while (!file.name(at).startsWith("VP8") && !file.name(at).equals("ALPH")) {
            at = chunk(file, at + 8 + file.u32(at + 4) + (file.u32(at + 4) & 1), "");
        }
        int flags = file.u8(at + 8);
        if (!file.name(at).equals("ALPH") || (flags & 3) != 0) {
            return;
        }
        int filter = flags >> 2 & 3;
        int width = alpha.getWidth();
        int[] row = new int[width];
        int[] above = new int[width];
        for (int y = 0; y < alpha.getHeight(); y++) {
            for (int x = 0; x < width; x++) {
                int value = file.u8(at + 9 + (long) y * width + x);
                row[x] = value + predicted(filter, row, above, x, y) & 0xff;
            }
            alpha.setSamples(alpha.getMinX(), alpha.getMinY() + y, width, 1, 0, row);
            System.arraycopy(row, 0, above, 0, width);
        }
    }

    /** What a value is a difference from: nothing, its left neighbour, the one above, or a gradient. */
    private static int predicted(int filter, int[] row, int[] above, int x, int y) {
        if (filter == 0 || (x == 0 && y == 0)) {
            return 0;
        }
        if (x == 0) {
            return above[0];
        }
        if (y == 0 || filter == 1) {
            return row[x - 1];
        }
        return filter == 2 ? above[x] : Math.max(0, Math.min(255, row[x - 1] + above[x] - above[x - 1]));
    }

    /** A copy that says that it has no colour profile: the reader would apply it. */
    static byte[] withoutProfile(byte[] bytes) {
        boolean extended = new FileBytes(bytes, Order.LITTLE).name(EXTENDED).equals("VP8X");
        if (!extended || (bytes[FLAGS] & HAS_PROFILE) == 0) {
            return bytes;
        }
        byte[] copy = bytes.clone();
        copy[FLAGS] &= ~HAS_PROFILE;
        return copy;
    }
}
