package io.residual.laboratory.experiments.training;

/**
 * The images of a training.
 *
 * @param images most that are drawn from the training split, by the seed of the training, at least 20
 * @param labelNoise share of these whose label is replaced by another one, in [0, 1)
 * @param heldOut what it is judged on
 * @param heldOutImages most that it is judged on, the same for every seed, at least 1; a half is judged on whole
 */
public record TrainingData(int images, double labelNoise, EvaluationSplit heldOut, int heldOutImages) {
    private static final int LEAST = 20;

    public TrainingData {
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
    public static TrainingData of(int images, int heldOutImages) {
        return new TrainingData(images, 0, EvaluationSplit.VALIDATION, heldOutImages);
    }

    /** The same with wrong labels. */
    public TrainingData withLabelNoise(double share) {
        return new TrainingData(images, share, heldOut, heldOutImages);
    }

    /** The same judged on other images. */
    public TrainingData evaluatedOn(EvaluationSplit other, int atMost) {
        return new TrainingData(images, labelNoise, other, atMost);
    }
}
