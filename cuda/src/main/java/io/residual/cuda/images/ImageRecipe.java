package io.residual.cuda.images;

import io.residual.cuda.device.Format;
import java.util.Arrays;

/** What is done to the images of a set on their way into a batch: resized, changed as drawn, normalised. */
public final class ImageRecipe {
    private static final int LEVELS = 256;

    private final Resampling rows;
    private final Resampling columns;
    private final float[][] levels;
    private final Border border;
    private final Fill fill;

    /** What a crop shows beyond the image. */
    public enum Border {
        /** Black. */
        ZERO,
        /** The image mirrored at the middle of its outermost pixels. */
        REFLECT
    }

    /** What an erased box shows. */
    public enum Fill {
        /** Black. */
        ZERO,
        /** Random levels. */
        RANDOM
    }

    /**
     * A recipe.
     *
     * @param rows how the height is resized
     * @param columns how the width is resized, before the height
     * @param levels what a network is fed for each level of a channel, [channels, 256]
     * @param border of crops
     * @param fill of erased boxes
     */
    public ImageRecipe(Resampling rows, Resampling columns, float[][] levels, Border border, Fill fill) {
        if (levels.length == 0 || !Arrays.stream(levels).allMatch(channel -> channel.length == LEVELS)) {
            throw new IllegalArgumentException("each channel needs a number for each of " + LEVELS + " levels");
        }
        this.rows = rows;
        this.columns = columns;
        this.levels = Arrays.stream(levels).map(float[]::clone).toArray(float[][]::new);
        this.border = border;
        this.fill = fill;
    }

    public int channels() {
        return levels.length;
    }

    /** Of the images of a batch, in pixels. */
    public int height() {
        return rows.size();
    }

    /** Of the images of a batch, in pixels. */
    public int width() {
        return columns.size();
    }

    Resampling rows() {
        return rows;
    }

    Resampling columns() {
        return columns;
    }

    /** The bits of the levels' numbers in memory, one after the other; of bfloat16 in the lower half. */
    int[] levelBits(Format format) {
        int[] bits = new int[levels.length * LEVELS];
        Arrays.setAll(bits, i -> format.bits(levels[i / LEVELS][i % LEVELS]));
        return bits;
    }

    /** What the source of the kernel expects before it. */
    String definitions(Format format) {
        return define("CHANNELS", channels())
                + define("SOURCE_HEIGHT", rows.source())
                + define("SOURCE_WIDTH", columns.source())
                + define("HEIGHT", height())
                + define("WIDTH", width())
                + define("ROW_TAPS", rows.taps())
                + define("COLUMN_TAPS", columns.taps())
                + define("REFLECT", border == Border.REFLECT ? 1 : 0)
                + define("RANDOM_FILL", fill == Fill.RANDOM ? 1 : 0)
                + "typedef unsigned " + (format == Format.BF16 ? "short" : "int") + " Out;\n";
    }

    private static String define(String name, int value) {
        return "#define " + name + " " + value + "\n";
    }
}
