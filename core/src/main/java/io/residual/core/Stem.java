package io.residual.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What stands between the image and the first stage: convolutions, each with a batch norm and a ReLU, and a max pool where
 * images are large. In front of {@link Flavour.Order#PRE_ACTIVATION} blocks the last convolution is bare: the first block
 * starts with a batch norm.
 *
 * @param layers at least one, in order from the image
 * @param pool the max pool, if there is one
 */
public record Stem(List<Layer> layers, Optional<Window> pool) {
    public Stem {
        layers = List.copyOf(layers);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("a stem needs at least one convolution");
        }
    }

    /**
     * One convolution, whatever the channels of its input.
     *
     * @param channels output channels, at least 1
     */
    public record Layer(int channels, Window window) {
        public Layer {
            if (!(channels >= 1)) {
                throw new IllegalArgumentException("stem channels must be at least 1, got " + channels);
            }
        }
    }

    /**
     * For large images: 7x7 with stride 2, then max pool 3x3 with stride 2 (He et al. 2015, table 1); a quarter of the
     * resolution is left.
     */
    public static Stem imageNet(int channels) {
        return new Stem(List.of(new Layer(channels, new Window(7, 2, 3))), Optional.of(new Window(3, 2, 1)));
    }

    /**
     * As {@link #imageNet}, with three 3x3 convolutions in place of the 7x7 one, the first two of half the channels (He, T. et
     * al. 2019, "Bag of Tricks", figure 2b: ResNet-C, and part of ResNet-D).
     *
     * @param channels an even number
     */
    public static Stem deep(int channels) {
        if (channels % 2 != 0) {
            throw new IllegalArgumentException("a deep stem needs an even number of channels, got " + channels);
        }
        return new Stem(
                List.of(
                        new Layer(channels / 2, new Window(3, 2, 1)),
                        new Layer(channels / 2, new Window(3, 1, 1)),
                        new Layer(channels, new Window(3, 1, 1))),
                Optional.of(new Window(3, 2, 1)));
    }

    /** For small images: 3x3 with stride 1, no pool (He et al. 2015, section 4.2); the resolution stays. */
    public static Stem small(int channels) {
        return new Stem(List.of(new Layer(channels, new Window(3, 1, 1))), Optional.empty());
    }

    /** For small images in little time: 3x3 with stride 2, no pool; half the resolution is left (as in MobileNet). */
    public static Stem strided(int channels) {
        return new Stem(List.of(new Layer(channels, new Window(3, 2, 1))), Optional.empty());
    }

    /** Channels that the first stage takes. */
    public int channels() {
        return layers.get(layers.size() - 1).channels();
    }

    /** The convolutions over images of so many channels, in order from the image. */
    public List<Convolution> convolutions(int imageChannels) {
        List<Convolution> convolutions = new ArrayList<>();
        int channelsIn = imageChannels;
        for (Layer layer : layers) {
            convolutions.add(new Convolution(channelsIn, layer.channels(), layer.window()));
            channelsIn = layer.channels();
        }
        return convolutions;
    }

    /** Shape that the first stage takes. */
    public ImageShape outputShape(ImageShape in) {
        ImageShape shape = in;
        for (Convolution convolution : convolutions(in.channels())) {
            shape = convolution.outputShape(shape);
        }
        return pool.isPresent() ? pool.get().outputShape(shape, channels()) : shape;
    }
}
