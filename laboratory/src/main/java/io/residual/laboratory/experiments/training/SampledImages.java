package io.residual.laboratory.experiments.training;

import io.residual.core.SplitMix64;
import io.residual.data.BatchOrder;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The images of one training.
 *
 * @param training to train on, wrong labels included
 * @param heldOut to evaluate on, wrong labels included
 * @param heldOutTruth the same with the labels that the data has
 */
record SampledImages(ImageSet training, ImageSet heldOut, ImageSet heldOutTruth) {
    /** So that images are not drawn in the order that an epoch visits them. */
    private static final long STREAM = 0x494d4147;

    /** Draws the images for a seed. */
    static SampledImages of(DataSource data, TrainingData material, long seed) {
        ImageSet all = data.open(Split.TRAIN, StratifiedSplit.SEED);
        ImageSet drawn = sample(all, material.images(), seed ^ STREAM);
        ImageSet labelled = material.labelNoise() == 0 ? drawn : LabelNoise.of(drawn, material.labelNoise(), seed);
        int half = drawn.size() / 2;
        return switch (material.heldOut()) {
            case VALIDATION -> evaluatedOn(labelled, data.open(Split.VALIDATION, StratifiedSplit.SEED), material);
            case TEST -> evaluatedOn(labelled, data.open(Split.TEST, StratifiedSplit.SEED), material);
            case FIRST_HALF ->
                new SampledImages(part(labelled, half, drawn.size()), part(labelled, 0, half), part(drawn, 0, half));
            case SECOND_HALF ->
                new SampledImages(
                        part(labelled, 0, half), part(labelled, half, drawn.size()), part(drawn, half, drawn.size()));
        };
    }

    private static SampledImages evaluatedOn(ImageSet training, ImageSet heldOut, TrainingData material) {
        ImageSet evaluated = sample(heldOut, material.heldOutImages(), StratifiedSplit.SEED);
        return new SampledImages(training, evaluated, evaluated);
    }

    private static ImageSet sample(ImageSet images, int atMost, long seed) {
        int[] order = new BatchOrder.Shuffled(seed).indices(images.size(), 0);
        return images.subset(Arrays.copyOf(order, Math.min(atMost, order.length)));
    }

    private static ImageSet part(ImageSet images, int from, int to) {
        return images.subset(IntStream.range(from, to).toArray());
    }

    /** Images some of whose labels are wrong, and known to be. */
    static final class LabelNoise {
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
}
