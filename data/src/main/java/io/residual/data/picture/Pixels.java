package io.residual.data.picture;

import java.awt.image.Raster;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values out of Java's images: over white, and of one channel if all are grey. A row is given at a time, from the first to
 * the last.
 */
final class Pixels {
    private static final int WHITE = 255;

    /** Where the decoded frame lies in the picture, and the colour around it. */
    record Placement(int width, int height, int left, int top, int around) {}

    private final int width;
    private final int height;
    private final byte[] red;
    /** Green and blue; not there before the first pixel that is not grey. */
    private byte @Nullable [][] others;

    private Pixels(int width, int height) {
        this.width = width;
        this.height = height;
        this.red = new byte[Math.multiplyExact(width, height)];
    }

    /** The picture, grey if all its pixels are. */
    static Picture of(Raster frame, Colours colours, Placement placement) {
        Pixels pixels = new Pixels(placement.width(), placement.height());
        int[] row = new int[placement.width()];
        int bands = frame.getNumBands();
        int[] samples = new int[Math.multiplyExact(bands, frame.getWidth())];
        for (int y = 0; y < placement.height(); y++) {
            int line = y - placement.top();
            boolean covers = line >= 0 && line < frame.getHeight();
            if (!covers || frame.getWidth() < row.length) {
                Arrays.fill(row, placement.around());
            }
            if (covers) {
                frame.getPixels(frame.getMinX(), frame.getMinY() + line, frame.getWidth(), 1, samples);
                for (int x = 0; x < frame.getWidth(); x++) {
                    row[placement.left() + x] = colours.argb(samples, x * bands);
                }
            }
            pixels.add(y, row);
        }
        return pixels.picture();
    }

    private void add(int y, int[] row) {
        for (int x = 0; x < width; x++) {
            int at = y * width + x;
            int alpha = row[x] >>> 24;
            int r = overWhite(row[x] >> 16 & 0xff, alpha);
            int g = overWhite(row[x] >> 8 & 0xff, alpha);
            int b = overWhite(row[x] & 0xff, alpha);
            red[at] = (byte) r;
            if (others == null && (r != g || g != b)) {
                // Until here all were grey.
                others = new byte[][] {red.clone(), red.clone()};
            }
            if (others != null) {
                others[0][at] = (byte) g;
                others[1][at] = (byte) b;
            }
        }
    }

    private Picture picture() {
        return others == null
                ? Picture.ofPlanes(height, width, red)
                : Picture.ofPlanes(height, width, red, others[0], others[1]);
    }

    private static int overWhite(int value, int alpha) {
        return (value * alpha + WHITE * (255 - alpha) + 127) / 255;
    }
}
