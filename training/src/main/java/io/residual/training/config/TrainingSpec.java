package io.residual.training.config;

import io.residual.core.Block;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.data.ImageSize;
import io.residual.training.config.Setting.Topic;

/**
 * Everything that decides what a run computes. Equal specs on equal data give equal networks on the same machine.
 *
 * @param seed of everything random
 */
public record TrainingSpec(NetworkSpec network, DataSpec data, OptimisationSpec optimisation, long seed) {
    static final SettingGroup<TrainingSpec> SETTINGS = new SettingGroup<>(TrainingSpec.class, Topic.RUN)
            .part(NetworkSpec.SETTINGS)
            .part(DataSpec.SETTINGS)
            .part(OptimisationSpec.SETTINGS)
            .named("seed", "seed of everything random, such as initial weights and the order of images")
            .required(ValueType.wholeNumbers("SEED"));

    public TrainingSpec {
        int smallest = data.growth().smallest(data.imageSize());
        if (optimisation.batchSize() == 1 && smallestMap(network, smallest).values() == 1) {
            throw new IllegalArgumentException("batchSize 1 and "
                    + (data.growth().grows() ? "startImageSize " : "imageSize ") + smallest
                    + " leave batch norm a single value per channel: use a larger batch, or images above 32 pixels");
        }
    }

    /** The same with another seed. */
    public TrainingSpec withSeed(long other) {
        return new TrainingSpec(network, data, optimisation, other);
    }

    /** The same for a process that is run in another directory. */
    public TrainingSpec withAbsolutePaths() {
        return new TrainingSpec(network.withAbsolutePaths(), data.withAbsolutePaths(), optimisation, seed);
    }

    /** The same with batches of another size. */
    public TrainingSpec withBatchSize(int images) {
        return new TrainingSpec(network, data, optimisation.withBatchSize(images), seed);
    }

    /** The same with images of the full size in all epochs. */
    public TrainingSpec withoutGrowth() {
        return new TrainingSpec(network, data.withoutGrowth(), optimisation, seed);
    }

    /**
     * The size of the training images in an epoch.
     *
     * @param epoch from 0
     */
    public ImageSize trainingSize(int epoch) {
        return ImageSize.square(data.growth().side(epoch, optimisation.epochs(), data.imageSize()));
    }

    /**
     * The network for a data set.
     *
     * @param channels of an image: 1 for grey, 3 for colour
     * @param classes at least 2
     * @throws ResidualException of kind BAD_SETTING if images with so many channels cannot be normalised
     */
    public ResNetSpec resNet(int channels, int classes) {
        data.requireFits(channels);
        return network.resNet(new ImageShape(channels, data.imageSize(), data.imageSize()))
                .withClasses(classes);
    }

    /** One channel of the last stage. */
    private static ImageShape smallestMap(NetworkSpec network, int imageSize) {
        ResNetSpec spec = network.resNet(new ImageShape(1, imageSize, imageSize));
        ImageShape shape = spec.stem().outputShape(spec.input());
        for (int s = 0; s < spec.stages().size(); s++) {
            for (Block block : spec.blocks(s)) {
                shape = block.outputShape(shape);
            }
        }
        return new ImageShape(1, shape.height(), shape.width());
    }
}
