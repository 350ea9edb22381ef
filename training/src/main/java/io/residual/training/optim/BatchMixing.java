package io.residual.training.optim;

import io.residual.data.Batch;
import io.residual.training.config.RegularisationSpec;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.PermutationSampler;
import org.apache.commons.rng.sampling.distribution.AhrensDieterMarsagliaTsangGammaSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What is done to a batch before a step: label smoothing (Szegedy et al. 2016, section 7), mixup (Zhang et al. 2018) and
 * cutmix (Yun et al. 2019). All that is random depends on the seed and the batch's number in the run alone.
 */
public final class BatchMixing {
    private final RegularisationSpec spec;
    private final long seed;

    public BatchMixing(RegularisationSpec spec, long seed) {
        this.spec = spec;
        this.seed = seed;
    }

    /**
     * Mixes a batch.
     *
     * @param batch whose images may change
     * @param classes number of classes
     * @param iteration batches of the run before this one
     * @return the labels to train on, [N, classes], each a distribution over the classes
     */
    public INDArray apply(Batch batch, int classes, long iteration) {
        INDArray labels = batch.oneHot(classes);
        double mixup = spec.mixup();
        double cutmix = spec.cutmix();
        if (mixup == 0 && cutmix == 0) {
            return spec.labelSmoothing() == 0 ? labels : smooth(labels);
        }
        UniformRandomProvider random = RandomSource.SPLIT_MIX_64.create(
                RandomSource.SPLIT_MIX_64.create(seed).nextLong() ^ Long.rotateLeft(~iteration, 32));
        int[] partners = new PermutationSampler(random, batch.size(), batch.size()).sample();
        boolean cut = cutmix > 0 && (mixup == 0 || random.nextBoolean());
        double share = beta(random, cut ? cutmix : mixup);
        if (cut) {
            share = cut(batch.images(), partners, Box.of(random, share, batch.images()));
        } else {
            mix(batch.images(), partners, share);
        }
        INDArray mixed = smooth(labels);
        mix(mixed, partners, share);
        return mixed;
    }

    /** From the beta distribution of two equal parameters, as the share of one of two gamma variates. */
    private static double beta(UniformRandomProvider random, double alpha) {
        SharedStateContinuousSampler gamma = AhrensDieterMarsagliaTsangGammaSampler.of(random, alpha, 1);
        double one = gamma.sample();
        double sum = one + gamma.sample();
        return sum > 0 ? one / sum : 0.5;
    }

    /** In Java: ND4J would wake threads, which takes a tenth of a small network's step. */
    private INDArray smooth(INDArray labels) {
        float own = (float) (1 - spec.labelSmoothing());
        float spread = (float) (spec.labelSmoothing() / labels.size(1));
        float[] values = labels.data().asFloat();
        for (int i = 0; i < values.length; i++) {
            values[i] = values[i] * own + spread;
        }
        return Nd4j.create(values, labels.shape(), 'c');
    }

    /** Row by row, {@code share} of itself and the rest of its partner as it was. */
    private static void mix(INDArray rows, int[] partners, double share) {
        float[] before = rows.data().asFloat();
        float[] mixed = new float[before.length];
        int length = before.length / partners.length;
        float own = (float) share;
        float others = 1 - own;
        for (int n = 0; n < partners.length; n++) {
            int to = n * length;
            int from = partners[n] * length;
            for (int i = 0; i < length; i++) {
                mixed[to + i] = own * before[to + i] + others * before[from + i];
            }
        }
        write(mixed, rows);
    }

    /** Pastes the box of each image's partner into it; returns the share of the image that stays. */
    private static double cut(INDArray images, int[] partners, Box box) {
        float[] before = images.data().asFloat();
        float[] pasted = before.clone();
        int width = Math.toIntExact(images.size(3));
        int plane = Math.toIntExact(images.size(2)) * width;
        int length = before.length / partners.length;
        for (int n = 0; n < partners.length; n++) {
            for (int channel = 0; channel < length; channel += plane) {
                for (int y = box.top; y < box.bottom; y++) {
                    int at = channel + y * width + box.left;
                    System.arraycopy(before, partners[n] * length + at, pasted, n * length + at, box.right - box.left);
                }
            }
        }
        write(pasted, images);
        return 1 - (double) (box.bottom - box.top) * (box.right - box.left) / plane;
    }

    private static void write(float[] values, INDArray to) {
        try (INDArray array = Nd4j.create(values, to.shape(), 'c')) {
            to.assign(array);
        }
    }

    /** Pixels from left to right - 1 and from top to bottom - 1. */
    private record Box(int left, int top, int right, int bottom) {
        /** Of 1 - share of the image's area before it is cut at the image's edges, around any pixel. */
        static Box of(UniformRandomProvider random, double share, INDArray images) {
            int height = Math.toIntExact(images.size(2));
            int width = Math.toIntExact(images.size(3));
            double side = Math.sqrt(1 - share);
            int half = (int) (width * side) / 2;
            int halfHeight = (int) (height * side) / 2;
            int x = random.nextInt(width);
            int y = random.nextInt(height);
            return new Box(
                    Math.max(0, x - half),
                    Math.max(0, y - halfHeight),
                    Math.min(width, x + half),
                    Math.min(height, y + halfHeight));
        }
    }
}
