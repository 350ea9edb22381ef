package io.residual.laboratory.bench;

/**
 * The images of a training.
 *
 * @param images most that are drawn from the training split, by the seed of the training, at least 20
 * @param labelNoise share of these whose label is replaced by another one, in [0, 1)
 * @param heldOut what it is judged on
 * @param heldOutImages most that it is judged on, the same for every seed, at least 1; a half is judged on whole
 */
public record Material(int images, double labelNoise, HeldOut heldOut, int heldOutImages) {
    private static final int LEAST = 20;

    public Material {
        if (!(images >= LEAST)) {
            throw new IllegalArgumentException("a training needs at least " + LEAST + " images, got " + images);
        }
        if (!(heldOutImages >= 1)) {
            throw new IllegalArgumentException("a training is judged on at least 1 image, got " + heldOutImages);
        }
        if (!(labelNoise >= 0 && labelNoise < 1)) {
            throw new IllegalArgumentException("labelNoise must be in [0, 1), got " + labelNoise);
        }
    }

    /** Clean training images, judged on validation images. */
    public static Material of(int images, int heldOutImages) {
        return new Material(images, 0, HeldOut.VALIDATION, heldOutImages);
    }

    /** The same with wrong labels. */
    public Material withLabelNoise(double share) {
        return new Material(images, share, heldOut, heldOutImages);
    }

    /** The same judged on other images. */
    public Material judgedOn(HeldOut other, int atMost) {
        return new Material(images, labelNoise, other, atMost);
    }
}
