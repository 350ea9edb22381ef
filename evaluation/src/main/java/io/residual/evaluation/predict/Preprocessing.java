package io.residual.evaluation.predict;

import io.residual.data.InputForm;
import io.residual.data.picture.Picture;

/**
 * Turns pictures into what a network was trained on, after their inversion if that is asked for.
 *
 * @param form of the run's images
 * @param channels of the network's input, 1 or 3
 * @param inversion whether pictures are turned into their negative first
 */
record Preprocessing(InputForm form, int channels, InvertMode inversion) {
    /** What the network is fed of one picture, and what was done to it. */
    Input of(Picture picture) {
        Polarity polarity = inversion.inverts(picture) ? Polarity.INVERTED : Polarity.AS_GIVEN;
        return new Input(form.values(invertedIfAsked(picture, polarity), channels), polarity);
    }

    /** What the network sees of a picture: its channels, its size, turned or not, before normalisation. */
    Picture networkInput(Picture picture) {
        Polarity polarity = inversion.inverts(picture) ? Polarity.INVERTED : Polarity.AS_GIVEN;
        byte[] levels = form.bytes(invertedIfAsked(picture, polarity), channels);
        return Picture.of(channels, form.size().height(), form.size().width(), levels);
    }

    /** In the network's channels first: the negative of a grey is not the grey of a negative, by a rounding. */
    private Picture invertedIfAsked(Picture picture, Polarity polarity) {
        Picture converted = picture.withChannels(channels);
        return polarity == Polarity.INVERTED ? converted.inverted() : converted;
    }

    /** Whether a picture was turned into its negative. */
    enum Polarity {
        AS_GIVEN,
        INVERTED
    }

    /** One image, [channels, height, width], in the run's form; nobody writes to the values. */
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
