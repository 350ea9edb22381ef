package io.residual.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.residual.data.picture.PictureException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are meant to harm, or came to harm. */
class HostilePicturesTest {
    private static final PictureLimits SMALL = new PictureLimits(100_000, 10_000, Duration.ofSeconds(10));
    private final PictureDecoder decoder = new PictureDecoder(SMALL);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grey.png",
                "rgba.png",
                "scene.jpg",
                "progressive.jpg",
                "scene.bmp",
                "two-frames.gif",
                "lossless.webp"
            })
    void a_file_that_was_cut_short_is_rejected_wherever_it_was_cut(String name) throws Exception {
        byte[] whole = Files.readAllBytes(PictureDecoderTest.Pictures.path(name));

        for (int eighths = 1; eighths <= 6; eighths++) {
            byte[] cut = Arrays.copyOf(whole, whole.length * eighths / 8 / (name.endsWith("gif") ? 2 : 1));
            PictureException refusal = catchThrowableOfType(PictureException.class, () -> decoder.decode(cut));
            assertThat(refusal).as("%s cut to %d bytes", name, cut.length).isNotNull();
            assertThat(refusal.reason()).isNotEqualTo(Reason.LIMIT);
            assertThat(refusal.getMessage().lines()).hasSize(1);
        }
    }

    /** Whatever the decoders throw becomes a refusal; what they can still read may pass. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "grey.png",
                "palette.png",
                "scene.jpg",
                "progressive.jpg",
                "scene.bmp",
                "two-frames.gif",
                "lossless.webp",
                "lossy.webp"
            })
    void nothing_but_a_rejection_comes_of_damaged_bytes(String name) throws Exception {
        byte[] whole = Files.readAllBytes(PictureDecoderTest.Pictures.path(name));
        Random random = new Random(11);
        int refused = 0;

        for (int round = 0; round < 200; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i < 6; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            try {
                Picture picture = decoder.decode(damaged);
                assertThat((long) picture.height() * picture.width()).isLessThanOrEqualTo(SMALL.pixels());
            } catch (PictureException refusal) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void a_bomb_is_rejected_by_its_header_before_anything_is_unfolded() throws Exception {
        byte[] bomb = Files.readAllBytes(PictureDecoderTest.Pictures.path("grey.png"));
        // IHDR: width and height stand at bytes 16 and 20. 60,000 x 60,000 grey pixels would take 3.6 GB.
        ByteBuffer.wrap(bomb).putInt(16, 60_000).putInt(20, 60_000);

        assertThatThrownBy(() -> new PictureDecoder(PictureLimits.DEFAULT).decode(bomb))
                .isInstanceOfSatisfying(
                        PictureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PIXELS))
                .hasMessage("60000 x 60000 pixels, more than the 100,000,000 allowed: reduce the picture");
    }

    @Test
    void a_file_of_more_bytes_than_allowed_is_rejected_unread() {
        assertThatThrownBy(() -> decoder.decode(new byte[100_001]))
                .isInstanceOf(PictureException.class)
                .hasMessage("larger than 100,000 bytes: reduce the picture");
    }

    @Test
    void a_picture_that_takes_too_long_is_given_up() throws Exception {
        PictureDecoder hasty = new PictureDecoder(new PictureLimits(100_000, 10_000, Duration.ofNanos(1)));
        byte[] progressive = Files.readAllBytes(PictureDecoderTest.Pictures.path("progressive.jpg"));

        assertThatThrownBy(() -> hasty.decode(progressive))
                .isInstanceOfSatisfying(
                        PictureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<svg xmlns='http://www.w3.org/2000/svg'/>", "%PDF-1.7", "II+\0", "RIFF1234WAVEfmt ", "B"})
    void what_is_no_picture_of_a_known_format_is_rejected_by_its_first_bytes(String content) {
        assertThatThrownBy(() -> decoder.decode(content.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOfSatisfying(
                        PictureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FORMAT))
                .hasMessage("not a PNG, JPEG, WebP, BMP, GIF or TIFF picture, by its first bytes");
    }

    @Test
    void an_empty_file_says_so() {
        assertThatThrownBy(() -> decoder.decode(new byte[0])).hasMessage("empty: it has no bytes");
    }
}
