package io.residual.data.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.safetensors.SafetensorsFile;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against Pillow 9.4.0, over formats and oddities; the generator lies beside the pictures. */
class PictureDecoderTest {
    private static final SafetensorsFile GOLDEN = read();
    private final PictureDecoder decoder = new PictureDecoder(PictureLimits.DEFAULT);

    private static SafetensorsFile read() {
        try {
            return SafetensorsFile.read(GoldenPictures.path("golden.safetensors"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> pictures() {
        return names("/rgb");
    }

    static List<String> resizedPictures() {
        return names("/rgb28");
    }

    private static List<String> names(String suffix) {
        return GOLDEN.names().stream()
                .filter(name -> name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .sorted()
                .toList();
    }

    @Test
    void there_are_pictures_of_all_formats() {
        assertThat(pictures()).hasSizeGreaterThan(110);
        for (String ending : List.of("png", "jpg", "gif", "bmp", "webp", "tif")) {
            assertThat(pictures()).filteredOn(name -> name.endsWith(ending)).hasSizeGreaterThan(8);
        }
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void a_picture_has_the_colours_and_the_grey_that_pillow_sees(String name) throws Exception {
        Picture picture = decoder.decode(GoldenPictures.path(name));

        if (name.startsWith("lossy")) {
            // libwebp smooths the halved colour planes, the decoder here does not: colours at edges differ, grey hardly
            // does.
            assertThat(difference(picture.withChannels(3), name + "/rgb")).isLessThanOrEqualTo(50);
            assertThat(difference(picture.withChannels(1), name + "/l")).isLessThanOrEqualTo(2);
        } else {
            assertThat(picture.channels()).isEqualTo(isGrey(name) ? 1 : 3);
            assertThat(difference(picture.withChannels(3), name + "/rgb")).isZero();
            assertThat(difference(picture.withChannels(1), name + "/l")).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("resizedPictures")
    void the_network_is_fed_what_torchvision_would_feed_it(String name) throws Exception {
        Picture picture = decoder.decode(GoldenPictures.path(name));
        InputForm form = InputForm.of(ImageSize.square(28));

        assertThat(form.bytes(picture, 3)).isEqualTo(golden(name + "/rgb28"));
        assertThat(form.bytes(picture, 1)).isEqualTo(golden(name + "/l28"));
    }

    private static boolean isGrey(String name) throws Exception {
        byte[] rgb = golden(name + "/rgb");
        int pixels = rgb.length / 3;
        for (int p = 0; p < pixels; p++) {
            if (rgb[p] != rgb[pixels + p] || rgb[p] != rgb[2 * pixels + p]) {
                return false;
            }
        }
        return true;
    }

    /** The largest. */
    private static int difference(Picture picture, String name) throws Exception {
        byte[] expected = golden(name);
        assertThat(picture.channels() * picture.height() * picture.width()).isEqualTo(expected.length);
        int max = 0;
        int at = 0;
        for (int c = 0; c < picture.channels(); c++) {
            for (int y = 0; y < picture.height(); y++) {
                for (int x = 0; x < picture.width(); x++) {
                    max = Math.max(max, Math.abs(picture.value(c, y, x) - (expected[at++] & 0xff)));
                }
            }
        }
        return max;
    }

    private static byte[] golden(String name) throws Exception {
        ByteBuffer bytes = GOLDEN.tensor(name).bytes();
        byte[] values = new byte[bytes.remaining()];
        bytes.get(values);
        return values;
    }
}
