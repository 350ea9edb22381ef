package io.residual.training.loop;

/**
 * How well a network does on a set of images.
 *
 * @param loss mean cross entropy, in nats
 * @param accuracy share of images whose most probable class is the right one, in [0, 1]
 * @param images number of images, at least 1
 */
public record Score(double loss, double accuracy, long images) {
    public Score {
        if (!(images >= 1)) {
            throw new IllegalArgumentException("a score needs at least one image");
        }
        if (!(accuracy >= 0 && accuracy <= 1)) {
            throw new IllegalArgumentException("accuracy must be in [0, 1], got " + accuracy);
        }
    }
}
