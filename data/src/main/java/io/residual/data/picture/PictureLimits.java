package io.residual.data.picture;

import java.time.Duration;

/**
 * What a picture may cost before it is refused. Bytes are counted before reading, pixels are read from the header before
 * decoding, so that a small file that unfolds to gigabytes is never unfolded.
 *
 * @param bytes maximum size of a file, at least 1
 * @param pixels maximum width x height, at least 1; a decoded pixel takes up to 8 bytes of heap while it is read
 * @param decoding maximum time of decoding, after which it is given up at the next row of the picture
 */
public record PictureLimits(int bytes, int pixels, Duration decoding) {
    /** 20 MB, 40 megapixels and 10 seconds: photographs of today's telephones pass. */
    public static final PictureLimits DEFAULT = new PictureLimits(20_000_000, 40_000_000, Duration.ofSeconds(10));

    public PictureLimits {
        if (!(bytes >= 1 && pixels >= 1) || decoding.isNegative() || decoding.isZero()) {
            throw new IllegalArgumentException(
                    "limits must be positive, got " + bytes + " bytes, " + pixels + " pixels, " + decoding);
        }
    }
}
