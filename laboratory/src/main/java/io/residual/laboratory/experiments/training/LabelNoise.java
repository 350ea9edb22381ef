package io.residual.laboratory.experiments.training;

import io.residual.core.SplitMix64;
import io.residual.data.ImageSet;
import java.util.stream.IntStream;

/** Images some of whose labels are wrong, and known to be. */
final class LabelNoise {
    /** So that labels are not drawn as the order of batches is. */
    private static final long STREAM = 0x4c41424c;

    private LabelNoise() {}

    /**
     * Replaces the labels of a share of the images, drawn by the seed; each of the other classes is as likely.
     *
     * @param share in [0, 1); share x images, rounded, are changed
     * @return the images in their order
     */
    static ImageSet of(ImageSet images, double share, long seed) {
        SplitMix64 random = SplitMix64.of(seed, STREAM);
        int[] order = IntStream.range(0, images.size()).toArray();
        random.shuffle(order);
        int classes = images.classNames().size();
        int[] labels = IntStream.range(0, images.size()).map(images::label).toArray();
        long changed = Math.round(share * labels.length);
        for (int i = 0; i < changed; i++) {
            labels[order[i]] = (labels[order[i]] + 1 + random.below(classes - 1)) % classes;
        }
        return images.withLabels(labels);
    }
}
