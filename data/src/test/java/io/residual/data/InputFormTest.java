package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.safetensors.SafetensorsFile;
import io.residual.data.Normalisation.PerChannel;
import io.residual.data.picture.Picture;
import io.residual.data.picture.PictureDecoder;
import io.residual.data.picture.PictureLimits;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Pillow 9.4.0 and torchvision 0.14.1; the generator lies beside the data. */
class InputFormTest {
    private static final ImageSize SIDE = ImageSize.square(28);
    private static final Normalisation IMAGENET =
            new Normalisation(PerChannel.of("0.485,0.456,0.406"), PerChannel.of("0.229,0.224,0.225"));

    private static SafetensorsFile golden;

    @BeforeAll
    static void read() throws Exception {
        golden = SafetensorsFile.read(path("pictures.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"colour.png", "grey.png", "palette.png", "clear.png", "lossless.webp", "colour.bmp"})
    void pictures_without_loss_are_read_and_fitted_as_torchvision_does_to_the_bit(String name) throws Exception {
        assertThat(farthest(name)).containsOnly(0);
    }

    /** Decoders of lossy formats differ in how they round and in how they enlarge the halved colours. */
    @ParameterizedTest
    @ValueSource(strings = {"colour.jpg", "progressive.jpg", "grey.jpg"})
    void pictures_with_loss_are_read_and_fitted_as_torchvision_does_within_a_few_levels(String name) throws Exception {
        assertThat(farthest(name)).allMatch(levels -> levels <= 4);
    }

    /** The reader of WebP does not smooth the halved colours when it enlarges them; brightness it reads like libwebp. */
    @Test
    void lossy_webp_has_other_colours_at_sharp_edges_and_the_same_grey() throws Exception {
        List<Integer> farthest = farthest("lossy.webp");

        assertThat(farthest.get(0)).isLessThanOrEqualTo(40);
        assertThat(farthest.get(1)).isLessThanOrEqualTo(8);
        assertThat(farthest.get(3)).isLessThanOrEqualTo(4);
    }

    @Test
    void weights_are_those_of_the_part_that_is_not_cut_off() {
        InputForm form = new InputForm(new ImageSize(2, 4), ResizeMode.CROP, Normalisation.NONE);

        Taps rows = form.rows(4, 4);
        assertThat(rows.size()).isEqualTo(2);
        assertThat(rows.first(0)).isEqualTo(1);
        assertThat(rows.weights(0)).containsExactly(1 << 22, 0);
        Taps columns = form.columns(4, 2);
        assertThat(columns.size()).isEqualTo(4);
        // The second column's centre is at 0.75: Pillow weighs the pixels' centres, 0.5 and 1.5, by their distance.
        assertThat(columns.first(1)).isZero();
        assertThat(columns.weights(1)).containsExactly(3 << 20, 1 << 20);
    }

    /** The largest difference of the picture itself, of it stretched, cropped, and in grey. */
    private static List<Integer> farthest(String name) throws Exception {
        Picture picture = new PictureDecoder(PictureLimits.DEFAULT).decode(path(name));
        int channels = picture.channels();
        ImageSize own = new ImageSize(picture.height(), picture.width());
        return List.of(
                farthest(name, InputForm.of(own).bytes(picture, channels)),
                farthest(name + "/stretch", InputForm.of(SIDE).bytes(picture, channels)),
                farthest(
                        name + "/crop",
                        new InputForm(SIDE, ResizeMode.CROP, Normalisation.NONE).bytes(picture, channels)),
                farthest(name + "/grey", InputForm.of(own).bytes(picture, 1)));
    }

    private static int farthest(String name, byte[] found) throws Exception {
        byte[] expected = new byte[found.length];
        golden.tensor(name).bytes().get(expected);
        int farthest = 0;
        for (int i = 0; i < found.length; i++) {
            farthest = Math.max(farthest, Math.abs((found[i] & 0xff) - (expected[i] & 0xff)));
        }
        return farthest;
    }

    @Test
    void normalised_values_are_those_of_torchvision() {
        Picture picture = Picture.of(3, 28, 28, filled(0, 128, 255));

        float[] values = new InputForm(SIDE, ResizeMode.STRETCH, IMAGENET).values(picture, 3);

        // torchvision 0.14.1: Normalize(mean, std)(ToTensor()(image))
        assertThat(values[5]).isCloseTo(-2.117904f, within(1e-6f));
        assertThat(values[784 + 5]).isCloseTo(0.205182f, within(1e-6f));
        assertThat(values[2 * 784 + 5]).isCloseTo(2.64f, within(1e-6f));
    }

    @Test
    void without_normalisation_levels_become_pixels_from_0_to_1() {
        Picture picture = Picture.of(3, 28, 28, filled(0, 128, 255));

        float[] values = InputForm.of(SIDE).values(picture, 3);

        assertThat(values[5]).isEqualTo(0f);
        assertThat(values[784]).isEqualTo(128 / 255f);
        assertThat(values[2 * 784]).isEqualTo(1f);
    }

    @Test
    void a_picture_of_the_size_is_as_a_resize_to_its_own_size_leaves_it() {
        byte[] values = new byte[3 * 784];
        new Random(1).nextBytes(values);
        Picture picture = Picture.of(3, 28, 28, values);
        for (ResizeMode mode : ResizeMode.values()) {
            byte[] plane = new byte[784];
            new FittedResize(28, 28, SIDE, mode).plane(values, 784, plane, 0);

            byte[] found = new InputForm(SIDE, mode, Normalisation.NONE).bytes(picture, 3);

            assertThat(found).isEqualTo(values);
            assertThat(plane).isEqualTo(Arrays.copyOfRange(values, 784, 2 * 784));
        }
        assertThat(InputForm.of(SIDE).bytes(picture, 1))
                .isEqualTo(picture.withChannels(1).channel(0));
    }

    @Test
    void numbers_for_three_channels_do_not_go_with_grey_images() {
        Picture grey = Picture.of(1, 28, 28, new byte[784]);

        assertThatThrownBy(() -> new InputForm(SIDE, ResizeMode.STRETCH, IMAGENET).values(grey, 1))
                .hasMessage("0.485,0.456,0.406 are numbers for 3 channels, the images have 1");
        assertThatThrownBy(() -> new Normalisation(PerChannel.all(0), PerChannel.of("1,0,1")))
                .hasMessage("a standard deviation is above 0, unlike 1,0,1");
        assertThatThrownBy(() -> PerChannel.of("1,2")).hasMessage("expected 1 or 3 numbers, got 2");
    }

    private static byte[] filled(int... levels) {
        byte[] values = new byte[levels.length * 784];
        for (int c = 0; c < levels.length; c++) {
            Arrays.fill(values, c * 784, (c + 1) * 784, (byte) levels[c]);
        }
        return values;
    }

    private static Path path(String name) throws Exception {
        return Path.of(Objects.requireNonNull(InputFormTest.class.getResource("picture/" + name))
                .toURI());
    }
}
