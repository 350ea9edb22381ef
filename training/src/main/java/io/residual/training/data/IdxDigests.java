package io.residual.training.data;

/**
 * Which data a result comes from: the SHA-256 of the decompressed content of both IDX files, 64 lower-case hexadecimal
 * digits each. (Distributors compress anew, so the compressed bytes say nothing.)
 */
public record IdxDigests(String images, String labels) {
    public IdxDigests {
        requireSha256(images);
        requireSha256(labels);
    }

    private static void requireSha256(String digest) {
        if (!digest.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a SHA-256 of 64 lower-case hexadecimal digits: " + digest);
        }
    }
}
