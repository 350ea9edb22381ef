package io.residual.evaluation.predict;

import io.residual.core.ImageShape;
import io.residual.training.data.BilinearResize;

/**
 * Turns pictures into what a network was trained on: the network's channels, stretched to its size by the resizing of
 * training (Pillow's and torchvision's, to the bit), values in [0, 1].
 *
 * @param shape of the network's input, [channels, height, width]; channels are 1 or 3
 * @param inversion whether pictures are turned into their negative first
 */
record Preprocessing(ImageShape shape, Inversion inversion) {
    private static final float[] UNIT_LEVELS = unitLevels();

    Preprocessing {
        if (shape.channels() != 1 && shape.channels() != 3) {
            throw new IllegalArgumentException("pictures have 1 or 3 channels, the network takes " + shape);
        }
    }

    /** What the network is fed of one picture, and what was done to it. */
    Input of(Picture picture) {
        Polarity polarity = inversion.inverts(picture) ? Polarity.INVERTED : Polarity.AS_GIVEN;
        Picture converted = picture.withChannels(shape.channels());
        if (polarity == Polarity.INVERTED) {
            converted = converted.inverted();
        }
        int plane = shape.height() * shape.width();
        float[] values = new float[shape.channels() * plane];
        BilinearResize resize = new BilinearResize(picture.height(), picture.width(), shape.height(), shape.width());
        for (int c = 0; c < shape.channels(); c++) {
            resize.resize(converted.channel(c), 0, UNIT_LEVELS, values, c * plane);
        }
        return new Input(values, polarity);
    }

    private static float[] unitLevels() {
        float[] levels = new float[256];
        for (int v = 0; v < levels.length; v++) {
            levels[v] = v / 255f;
        }
        return levels;
    }

    /** Whether a picture was turned into its negative. */
    enum Polarity {
        AS_GIVEN,
        INVERTED
    }

    /** One image, [channels, height, width], in [0, 1]; nobody writes to the values. */
    static final class Input {
        private final float[] values;
        private final Polarity polarity;

        Input(float[] values, Polarity polarity) {
            this.values = values;
            this.polarity = polarity;
        }

        float[] values() {
            return values;
        }

        Polarity polarity() {
            return polarity;
        }
    }
}
