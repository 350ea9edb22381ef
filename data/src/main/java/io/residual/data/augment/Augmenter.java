package io.residual.data.augment;

import io.residual.core.SplitMix64;
import java.util.List;

/**
 * Augmentations in the order in which they are applied. The draws for an image depend on the seed, the epoch, the image's position
 * in its data set and how often it was drawn before in the epoch: not on batches, threads, or whether a run was interrupted.
 *
 * @param seed of the run
 */
public record Augmenter(List<Augmentation> steps, long seed) {
    /** Changes nothing. */
    public static final Augmenter NONE = new Augmenter(List.of(), 0);

    /** Keeps these draws apart from the order of the images, which comes from the same seed and epoch. */
    private static final long PURPOSE = 0x6175676D656E74L;

    public Augmenter {
        steps = List.copyOf(steps);
    }

    public boolean changesNothing() {
        return steps.isEmpty();
    }

    /**
     * Changes an image.
     *
     * @param epoch from 0
     * @param position of the image in its data set, from 0
     * @param repeat how often it was drawn before in the epoch
     */
    public void apply(Planes image, int epoch, int position, int repeat) {
        SplitMix64 random = random(seed, epoch, position, repeat);
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).apply(image, random);
        }
    }

    /** The same for images of another size, see {@link Augmentation#scaled}. */
    public Augmenter scaled(double share) {
        return new Augmenter(steps.stream().map(step -> step.scaled(share)).toList(), seed);
    }

    /** What all draws for an image are taken from. */
    static SplitMix64 random(long seed, int epoch, int position, int repeat) {
        long draw = ((long) repeat << Integer.SIZE) | position;
        return SplitMix64.of(SplitMix64.of(seed ^ PURPOSE, epoch).nextLong(), draw);
    }
}
