package io.residual.evaluation.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.picture.PictureLimits;
import picocli.CommandLine.Option;

/** The limits of image files that users give, a group of a command's help; {@code train} has the same as settings. */
public final class PictureLimitOptions {
    /** The heading of the group. */
    public static final String HEADING = "%nLimits of images:%n";

    /** For messages. */
    public static final String MAX_MEGAPIXELS = "--max-megapixels";

    public static final String MAX_FILE_MEGABYTES = "--max-file-megabytes";

    private static final int MILLION = 1_000_000;
    /** As many bytes and pixels as an array has elements. */
    private static final int MAX_MILLIONS = 2000;

    @Option(
            names = MAX_MEGAPIXELS,
            paramLabel = "MEGAPIXELS",
            defaultValue = "100",
            description = "maximum size of an image, in millions of pixels (default: ${DEFAULT-VALUE})")
    private int megapixels = 100;

    @Option(
            names = MAX_FILE_MEGABYTES,
            paramLabel = "MEGABYTES",
            defaultValue = "64",
            description = "maximum size of its file, in millions of bytes (default: ${DEFAULT-VALUE})")
    private int megabytes = 64;

    /**
     * The usual limits with these, after parsing.
     *
     * @throws ResidualException of kind BAD_SETTING if a value is out of range
     */
    public PictureLimits limits() {
        require(MAX_MEGAPIXELS, megapixels);
        require(MAX_FILE_MEGABYTES, megabytes);
        return PictureLimits.DEFAULT.withPixels(megapixels * MILLION).withBytes(megabytes * MILLION);
    }

    private static void require(String option, int value) {
        if (value < 1 || value > MAX_MILLIONS) {
            throw new ResidualException(
                    Kind.BAD_SETTING, option + ": must be from 1 to " + MAX_MILLIONS + ", got " + value);
        }
    }
}
