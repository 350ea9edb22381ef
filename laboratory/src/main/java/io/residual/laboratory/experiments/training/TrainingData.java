package io.residual.laboratory.experiments.training;

/**
 * The images of a training.
 *
 * @param images maximum number drawn from the training split, by the seed of the training, at least 20
 * @param labelNoise share of these whose label is replaced by another one, in [0, 1)
 * @param heldOut what it is evaluated on
 * @param heldOutImages maximum number that it is evaluated on, the same for every seed, at least 1; of a half, all are
 */
public record TrainingData(int images, double labelNoise, EvaluationSplit heldOut, int heldOutImages) {
    private static final int MIN_IMAGES = 20;

    /** The images that a training is evaluated on after each epoch. It is trained on none of them. */
    public enum EvaluationSplit {
        /** The validation split, which may decide what is compared. */
        VALIDATION,
        /** The test split: only if a claim is about it, and then nothing may be chosen by it. */
        TEST,
        /** The first half of the images drawn for training, wrong labels included; the network trains on the second. */
        FIRST_HALF,
        /** The second half of the images drawn for training, wrong labels included; the network trains on the first. */
        SECOND_HALF
    }

    public TrainingData {
        if (!(images >= MIN_IMAGES)) {
            throw new IllegalArgumentException("a training needs at least " + MIN_IMAGES + " images, got " + images);
        }
        if (!(heldOutImages >= 1)) {
            throw new IllegalArgumentException("a training is evaluated on at least 1 image, got " + heldOutImages);
        }
        if (!(labelNoise >= 0 && labelNoise < 1)) {
            throw new IllegalArgumentException("labelNoise must be in [0, 1), got " + labelNoise);
        }
    }

    /** Clean training images, evaluated on validation images. */
    public static TrainingData of(int images, int heldOutImages) {
        return new TrainingData(images, 0, EvaluationSplit.VALIDATION, heldOutImages);
    }

    /** The same with wrong labels. */
    public TrainingData withLabelNoise(double share) {
        return new TrainingData(images, share, heldOut, heldOutImages);
    }

    /** The same evaluated on other images. */
    public TrainingData evaluatedOn(EvaluationSplit other, int atMost) {
        return new TrainingData(images, labelNoise, other, atMost);
    }
}
