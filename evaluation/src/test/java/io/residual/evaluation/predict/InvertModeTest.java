package io.residual.evaluation.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.ImageSet;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.data.picture.Picture;
import io.residual.evaluation.predict.Preprocessing.Polarity;
import org.junit.jupiter.api.Test;

class InvertModeTest {
    private static final InputForm FORM = InputForm.of(new ImageSize(2, 3));

    @Test
    void auto_turns_a_dark_thing_on_a_light_ground_into_its_negative() {
        Picture dark = Picture.of(1, 3, 4, bytes(250, 251, 252, 253, 249, 10, 20, 254, 240, 241, 30, 243));
        Picture light = Picture.of(1, 3, 4, bytes(5, 4, 3, 2, 6, 245, 235, 1, 15, 14, 225, 12));

        assertThat(new Preprocessing(FORM, 1, InvertMode.AUTO).of(dark).values())
                .isEqualTo(new Preprocessing(FORM, 1, InvertMode.AUTO).of(light).values());
        assertThat(new Preprocessing(FORM, 1, InvertMode.AUTO).of(light).polarity())
                .isEqualTo(Polarity.AS_GIVEN);
        assertThat(new Preprocessing(FORM, 1, InvertMode.NO).of(dark).polarity())
                .isEqualTo(Polarity.AS_GIVEN);
        assertThat(new Preprocessing(FORM, 1, InvertMode.YES).of(light).polarity())
                .isEqualTo(Polarity.INVERTED);
    }

    /** Of the whole test set of Fashion-MNIST it inverts none either. */
    @Test
    void auto_leaves_images_as_training_sees_them() {
        ImageSet images = IdxSource.sample().open(Split.TEST, StratifiedSplit.SEED);
        byte[] pixels = new byte[28 * 28];

        for (int i = 0; i < images.size(); i++) {
            images.copyPixels(i, pixels, 0);
            assertThat(InvertMode.AUTO.inverts(Picture.of(1, 28, 28, pixels)))
                    .as("test image %d", i)
                    .isFalse();
        }
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
