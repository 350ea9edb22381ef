package io.residual.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.safetensors.SafetensorsFile;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against Pillow 9.4.0; the generator lies beside the pictures. */
class PictureDecoderTest {
    private static final int HEIGHT = 29;
    private static final int WIDTH = 37;

    /**
     * By mean differences. Lossy formats leave decoders a choice of how to enlarge the halved colour planes: libwebp
     * smooths them, the decoder here does not, so that colours at edges differ and grey hardly does.
     */
    @ParameterizedTest
    @CsvSource({
        "grey.png, 0, 0", "rgb.png, 0, 0", "rgba.png, 0, 0", "grey-alpha.png, 0, 0", "palette.png, 0, 0",
        "bits.png, 0, 0", "grey16.png, 0, 0", "grey.jpg, 0, 0", "scene.bmp, 0, 0", "two-frames.gif, 0, 0",
        "lossless.webp, 0, 0", "scene.jpg, 1, 1", "progressive.jpg, 1, 1", "lossy.webp, 4, 1.5"
    })
    void a_picture_has_the_colours_and_the_grey_that_pillow_sees(String name, double colour, double grey)
            throws Exception {
        Picture picture = new PictureDecoder(PictureLimits.DEFAULT).decode(Pictures.path(name));

        assertThat(picture.height()).isEqualTo(HEIGHT);
        assertThat(picture.width()).isEqualTo(WIDTH);
        assertThat(difference(picture.withChannels(3), golden(name + "/rgb", 3, HEIGHT, WIDTH)))
                .isCloseTo(0.0, within(colour));
        assertThat(difference(picture.withChannels(1), golden(name + "/l", 1, HEIGHT, WIDTH)))
                .isCloseTo(0.0, within(grey));
    }

    @ParameterizedTest
    @CsvSource({"grey.png", "rgb.png", "rgba.png", "grey16.png", "palette.png", "lossless.webp"})
    void the_network_is_fed_what_torchvision_would_feed_it(String name) throws Exception {
        Picture picture = new PictureDecoder(PictureLimits.DEFAULT).decode(Pictures.path(name));
        float[] fed = InputForm.of(ImageSize.square(28)).values(picture, 1);
        byte[] expected = golden(name + "/l28", 1, 28, 28);

        for (int i = 0; i < expected.length; i++) {
            assertThat(fed[i]).as("pixel %d", i).isEqualTo((expected[i] & 0xff) / 255f);
        }
    }

    private static double difference(Picture picture, byte[] expected) {
        long sum = 0;
        int at = 0;
        for (int c = 0; c < picture.channels(); c++) {
            for (int y = 0; y < picture.height(); y++) {
                for (int x = 0; x < picture.width(); x++) {
                    sum += Math.abs(picture.value(c, y, x) - (expected[at++] & 0xff));
                }
            }
        }
        return (double) sum / expected.length;
    }

    private static byte[] golden(String tensor, int channels, int height, int width) throws Exception {
        long[] shape = tensor.endsWith("rgb") ? new long[] {channels, height, width} : new long[] {height, width};
        byte[] values = new byte[channels * height * width];
        SafetensorsFile.read(Pictures.path("pictures.safetensors"))
                .tensor(tensor)
                .ofShape(shape)
                .bytes()
                .get(values);
        return values;
    }

    /** The files beside this class's resources. */
    static final class Pictures {
        private Pictures() {}

        static Path path(String name) throws URISyntaxException {
            return Path.of(Objects.requireNonNull(PictureDecoderTest.class.getResource("formats/" + name), name)
                    .toURI());
        }
    }
}
