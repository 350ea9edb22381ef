package io.residual.evaluation.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.evaluation.predict.Preprocessing.Polarity;
import io.residual.training.data.DataSource;
import io.residual.training.data.ImageSet;
import io.residual.training.data.ImageSize;
import io.residual.training.data.InputForm;
import io.residual.training.data.Split;
import io.residual.training.data.StratifiedSplit;
import io.residual.training.data.picture.Picture;
import org.junit.jupiter.api.Test;

class InversionTest {
    private static final InputForm FORM = InputForm.of(new ImageSize(2, 3));

    @Test
    void auto_turns_a_dark_thing_on_a_light_ground_into_its_negative() {
        Picture dark = Picture.of(1, 3, 4, bytes(250, 251, 252, 253, 249, 10, 20, 254, 240, 241, 30, 243));
        Picture light = Picture.of(1, 3, 4, bytes(5, 4, 3, 2, 6, 245, 235, 1, 15, 14, 225, 12));

        assertThat(new Preprocessing(FORM, 1, Inversion.AUTO).of(dark).values())
                .isEqualTo(new Preprocessing(FORM, 1, Inversion.AUTO).of(light).values());
        assertThat(new Preprocessing(FORM, 1, Inversion.AUTO).of(light).polarity())
                .isEqualTo(Polarity.AS_GIVEN);
        assertThat(new Preprocessing(FORM, 1, Inversion.NO).of(dark).polarity()).isEqualTo(Polarity.AS_GIVEN);
        assertThat(new Preprocessing(FORM, 1, Inversion.YES).of(light).polarity())
                .isEqualTo(Polarity.INVERTED);
    }

    /** Of the whole test set of Fashion-MNIST it inverts none either. */
    @Test
    void auto_leaves_images_as_training_sees_them() {
        ImageSet images = DataSource.sample().open(Split.TEST, StratifiedSplit.SEED);
        byte[] pixels = new byte[28 * 28];

        for (int i = 0; i < images.size(); i++) {
            images.copyPixels(i, pixels, 0);
            assertThat(Inversion.AUTO.inverts(Picture.of(1, 28, 28, pixels)))
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
