package io.residual.data.picture;

import java.time.Duration;

/**
 * What a picture may cost before it is refused. Bytes are counted before reading, pixels are read from the header before
 * decoding, so that a small file that unfolds to gigabytes is never unfolded. Memory is bounded by a {@link DecodingBudget}.
 *
 * @param bytes maximum size of a file, at least 1
 * @param pixels maximum width x height, at least 1
 * @param decoding maximum time of decoding, after which it is given up
 */
public record PictureLimits(int bytes, int pixels, Duration decoding) {
    /**
     * 64 MB and 100 megapixels: photographs of today's telephones and most scans pass. A minute, so that a busy machine does
     * not change what is read.
     */
    public static final PictureLimits DEFAULT = new PictureLimits(64_000_000, 100_000_000, Duration.ofMinutes(1));

    public PictureLimits {
        if (!(bytes >= 1 && pixels >= 1) || decoding.isNegative() || decoding.isZero()) {
            throw new IllegalArgumentException(
                    "limits must be positive, got " + bytes + " bytes, " + pixels + " pixels, " + decoding);
        }
    }

    public PictureLimits withBytes(int maximum) {
        return new PictureLimits(maximum, pixels, decoding);
    }

    public PictureLimits withPixels(int maximum) {
        return new PictureLimits(bytes, maximum, decoding);
    }

    public PictureLimits withDecoding(Duration maximum) {
        return new PictureLimits(bytes, pixels, maximum);
    }
}
