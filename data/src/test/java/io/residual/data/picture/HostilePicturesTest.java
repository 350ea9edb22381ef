package io.residual.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.Normalisation;
import io.residual.data.ResizeMode;
import io.residual.data.picture.PictureException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
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
        byte[] whole = GoldenPictures.bytes(name);

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
        byte[] whole = GoldenPictures.bytes(name);
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
        byte[] bomb = GoldenPictures.bytes("grey.png");
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

    /** 65,536 groups of Huffman codes, each to be read from zeros behind the end. */
    @Test
    void a_tiny_webp_that_declares_65536_groups_of_codes_is_refused_at_once() {
        Bits bits = new Bits();
        bits.add(14, 99).add(14, 99).add(1, 0).add(3, 0);
        // No transform, no cache, groups for blocks of 4 x 4 pixels, and their image without a cache.
        bits.add(1, 0).add(1, 0).add(1, 1).add(3, 0).add(1, 0);
        // Green and red are 255 everywhere, so that the number of the last group is 65,535; the others are 0.
        bits.oneSymbol(255).oneSymbol(255).oneSymbol(0).oneSymbol(0).oneSymbol(0);
        byte[] webp = bits.webp();

        assertThat(webp.length).isLessThanOrEqualTo(48);
        assertThatThrownBy(() ->
                        new PictureDecoder(PictureLimits.DEFAULT.withDecoding(Duration.ofSeconds(5))).decode(webp))
                .isInstanceOfSatisfying(
                        PictureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
    }

    @Test
    void a_webp_of_one_colour_may_have_far_more_pixels_than_bytes() throws Exception {
        Bits bits = new Bits()
                .add(14, 999)
                .add(14, 1_999)
                .add(1, 0)
                .add(3, 0)
                .add(1, 0)
                .add(1, 0)
                .add(1, 0);
        byte[] webp = bits.oneSymbol(20)
                .oneSymbol(10)
                .oneSymbol(30)
                .oneSymbol(255)
                .oneSymbol(0)
                .webp();

        Picture picture = new PictureDecoder(PictureLimits.DEFAULT).decode(webp);

        assertThat(webp.length).isLessThan(50);
        assertThat(picture.height()).isEqualTo(2_000);
        assertThat(picture.value(0, 1_999, 999)).isEqualTo(10);
        assertThat(picture.value(1, 1_999, 999)).isEqualTo(20);
        assertThat(picture.value(2, 0, 0)).isEqualTo(30);
    }

    /** Each transform is a pass over all pixels that reads nothing. */
    @Test
    void a_tiny_webp_of_many_transforms_ends_at_the_deadline() throws Exception {
        Bits bits = new Bits().add(14, 1_999).add(14, 1_999).add(1, 0).add(3, 0);
        for (int i = 0; i < 2_000; i++) {
            bits.add(1, 1).add(2, 2);
        }
        bits.add(1, 0).add(1, 0).add(1, 0);
        bits.oneSymbol(0).oneSymbol(0).oneSymbol(0).oneSymbol(0).oneSymbol(0);
        DecodingBudget budget = new DecodingBudget(50_000_000);
        PictureDecoder hasty = new PictureDecoder(PictureLimits.DEFAULT.withDecoding(Duration.ofMillis(200)), budget);

        assertThatThrownBy(() -> hasty.decode(bits.webp()))
                .isInstanceOfSatisfying(
                        PictureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT))
                .hasMessageStartingWith("not decoded within 0 s");
        awaitAll(budget);
    }

    @Test
    void a_jpeg_of_hundreds_of_scans_is_refused_before_they_are_decoded() {
        byte[] jpeg = withScans(GoldenPictures.bytes("progressive.jpg"), 2_000);

        assertThatThrownBy(() -> decoder.decode(jpeg))
                .isInstanceOfSatisfying(
                        PictureException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT))
                .hasMessageMatching(
                        "takes too long to decode \\(2,0\\d\\d scans\\): save the picture again, not progressive");
    }

    @Test
    void a_small_picture_may_have_many_scans() throws Exception {
        byte[] jpeg = withScans(GoldenPictures.bytes("progressive.jpg"), 20);

        assertThat(decoder.decode(jpeg).width()).isEqualTo(19);
    }

    /** Repeats the last scan, which refines what there is. */
    private static byte[] withScans(byte[] jpeg, int more) {
        int scan = jpeg.length - 2;
        while (jpeg[scan] != (byte) 0xff || jpeg[scan + 1] != (byte) 0xda) {
            scan--;
        }
        ByteBuffer all = ByteBuffer.allocate(jpeg.length + more * (jpeg.length - 2 - scan));
        all.put(jpeg, 0, jpeg.length - 2);
        for (int i = 0; i < more; i++) {
            all.put(jpeg, scan, jpeg.length - 2 - scan);
        }
        return all.put((byte) 0xff).put((byte) 0xd9).array();
    }

    @Test
    void a_decoder_that_does_not_end_is_given_up_and_keeps_its_memory_alone() throws Exception {
        DecodingBudget budget = new DecodingBudget(50_000_000);
        PictureDecoder hasty = new PictureDecoder(PictureLimits.DEFAULT.withDecoding(Duration.ofMillis(1)), budget);
        byte[] slow = longPng(1, 2_000_000);

        assertThatThrownBy(() -> hasty.decode(slow)).hasMessageStartingWith("not decoded within 0 s");
        awaitAll(budget);
    }

    /** Until the decoder has ended, which it does soon after its deadline. */
    private static void awaitAll(DecodingBudget budget) throws InterruptedException {
        for (int wait = 0; wait < 500 && budget.available() < 50_000_000; wait++) {
            Thread.sleep(10);
        }
        assertThat(budget.available()).isGreaterThanOrEqualTo(50_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"STRETCH", "CROP"})
    void a_picture_of_one_column_is_resized_in_the_memory_of_its_rows(String fit) throws Exception {
        Picture line = new PictureDecoder(PictureLimits.DEFAULT).decode(longPng(1, 1_000_000));

        byte[] bytes = new InputForm(ImageSize.square(28), ResizeMode.valueOf(fit), Normalisation.NONE).bytes(line, 3);

        assertThat(bytes).hasSize(3 * 28 * 28).containsOnly(0);
    }

    @Test
    void a_picture_of_25_million_rows_that_takes_too_much_memory_is_refused_before_anything_is_allocated() {
        byte[] header = longPng(1, 5);
        ByteBuffer.wrap(header).putInt(20, 25_000_000);

        assertThatThrownBy(
                        () -> new PictureDecoder(PictureLimits.DEFAULT, new DecodingBudget(300_000_000)).decode(header))
                .hasMessageStartingWith("takes 525 MB of memory to decode, and 300 MB are for that");
    }

    /** Black. */
    private static byte[] longPng(int width, int height) {
        Deflater deflater = new Deflater(1);
        deflater.setInput(new byte[height * (width + 1)]);
        deflater.finish();
        byte[] data = new byte[height * (width + 1) / 100 + 100];
        int length = deflater.deflate(data);
        deflater.end();
        ByteBuffer png = ByteBuffer.allocate(length + 57);
        png.putLong(0x89504e470d0a1a0aL);
        chunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) 8)
                        .array());
        chunk(png, "IDAT", Arrays.copyOf(data, length));
        chunk(png, "IEND", new byte[0]);
        return png.array();
    }

    private static void chunk(ByteBuffer png, String name, byte[] data) {
        CRC32 sum = new CRC32();
        sum.update(name.getBytes(StandardCharsets.ISO_8859_1));
        sum.update(data);
        png.putInt(data.length)
                .put(name.getBytes(StandardCharsets.ISO_8859_1))
                .put(data)
                .putInt((int) sum.getValue());
    }

    /** Bits of a lossless WebP, the lowest of a byte first. */
    private static final class Bits {
        private final BitSet bits = new BitSet();
        private int count;

        Bits add(int size, int value) {
            for (int i = 0; i < size; i++) {
                bits.set(count++, (value >> i & 1) == 1);
            }
            return this;
        }

        /** A code of one symbol, which takes no bits where it is used. */
        Bits oneSymbol(int symbol) {
            return add(1, 1).add(1, 0).add(1, 1).add(8, symbol);
        }

        byte[] webp() {
            byte[] data = Arrays.copyOf(bits.toByteArray(), (count + 7) / 8);
            int padded = data.length + 1 + (data.length + 1) % 2;
            ByteBuffer webp = ByteBuffer.allocate(20 + padded).order(ByteOrder.LITTLE_ENDIAN);
            webp.put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt(12 + padded);
            webp.put("WEBPVP8L".getBytes(StandardCharsets.ISO_8859_1)).putInt(data.length + 1);
            return webp.put((byte) 0x2f).put(data).array();
        }
    }
}
