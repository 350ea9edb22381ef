package io.residual.data.folder;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.Locale;

/** How much of the heap images may take, beside those being decoded: better a clear end after a few of them than none after an hour. */
final class HeapBudget {
    private static final double SHARE = 0.65;

    private final long heap;
    private long taken;

    HeapBudget(long heap) {
        this.heap = heap;
    }

    static HeapBudget ofThisProcess() {
        return new HeapBudget(Runtime.getRuntime().maxMemory());
    }

    /**
     * Fails unless so many images would fit beside those that were taken before.
     *
     * @param what the images are, for the message
     */
    void require(Object what, long count, ImageShape shape) {
        double needed = (double) count * shape.values();
        if (taken + needed > SHARE * heap) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    String.format(
                            Locale.ROOT,
                            "%s: %,d images of shape %s take %.1f GB, and %.1f of the %.1f GB of heap are left for"
                                    + " them: use smaller images (imageSize), or a larger heap"
                                    + " (RESIDUAL_JAVA_OPTS=-Xmx%dg).",
                            what,
                            count,
                            shape,
                            needed / 1e9,
                            Math.max(0, SHARE * heap - taken) / 1e9,
                            heap / 1e9,
                            (long) Math.ceil((taken + needed) / SHARE / (1L << 30)) + 1));
        }
    }

    /** Counts images that stay. */
    void take(long count, ImageShape shape) {
        taken += count * shape.values();
    }
}
