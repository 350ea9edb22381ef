package io.residual.evaluation.predict;

import io.residual.data.InputForm;
import io.residual.data.picture.Picture;

/**
 * Converts images to the form that a network was trained on, after inverting them if asked to.
 *
 * @param form of the run's images
 * @param channels of the network's input, 1 or 3
 * @param inversion whether images are inverted first
 */
record Preprocessing(InputForm form, int channels, InvertMode inversion) {
    /** The input of the network for one image, and whether it was inverted. */
    Input of(Picture picture) {
        Polarity polarity = inversion.inverts(picture) ? Polarity.INVERTED : Polarity.AS_GIVEN;
        return new Input(form.values(invertedIfAsked(picture, polarity), channels), polarity);
    }

    /** The input of the network for one image, before normalisation. */
    Picture networkInput(Picture picture) {
        Polarity polarity = inversion.inverts(picture) ? Polarity.INVERTED : Polarity.AS_GIVEN;
        byte[] levels = form.bytes(invertedIfAsked(picture, polarity), channels);
        return Picture.of(channels, form.size().height(), form.size().width(), levels);
    }

    /** Converts the channels first: because of rounding, the negative of a grey is not the grey of a negative. */
    private Picture invertedIfAsked(Picture picture, Polarity polarity) {
        Picture converted = picture.withChannels(channels);
        return polarity == Polarity.INVERTED ? converted.inverted() : converted;
    }

    /** Whether an image was inverted. */
    enum Polarity {
        AS_GIVEN,
        INVERTED
    }

    /** One image, [channels, height, width], in the run's form; the values are not changed. */
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
