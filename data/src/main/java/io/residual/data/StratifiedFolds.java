package io.residual.data;

import java.util.stream.IntStream;

/**
 * Images in k parts of the same size and with the same shares of classes, as far as the numbers allow: sizes differ by at
 * most 1, and so do the images of a class. The seed draws which image is in which. The same seed gives the same parts in
 * every JVM.
 */
public final class StratifiedFolds {
    private final ImageSet images;
    private final int count;
    /** Of each image. */
    private final int[] folds;

    private StratifiedFolds(ImageSet images, int count, int[] folds) {
        this.images = images;
        this.count = count;
        this.folds = folds;
    }

    /**
     * Deals the images out.
     *
     * @param count of folds, at least 2, at most as many as there are images
     * @throws IllegalArgumentException if there are too few or too many folds
     */
    public static StratifiedFolds of(ImageSet images, int count, long seed) {
        if (!(count >= 2 && count <= images.size())) {
            throw new IllegalArgumentException(
                    "expected 2 folds to one for each of " + images.size() + " images, got " + count);
        }
        int[] folds = new int[images.size()];
        int dealt = 0;
        for (int label = 0; label < images.classNames().size(); label++) {
            for (int member : images.shuffledClass(label, seed)) {
                folds[member] = dealt++ % count;
            }
        }
        return new StratifiedFolds(images, count, folds);
    }

    /** All images, in the order of the set. */
    public ImageSet images() {
        return images;
    }

    public int count() {
        return count;
    }

    /** The images of a fold, in the order of the set. */
    public ImageSet heldOut(int fold) {
        return images.subset(indices(fold));
    }

    /** The images of all folds but one, in the order of the set. */
    public ImageSet others(int fold) {
        return images.subset(
                IntStream.range(0, folds.length).filter(i -> folds[i] != fold).toArray());
    }

    /** Where the images of {@link #heldOut} are in the complete set. */
    public int[] indices(int fold) {
        return IntStream.range(0, folds.length).filter(i -> folds[i] == fold).toArray();
    }
}
