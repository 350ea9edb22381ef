package io.residual.data.idx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.IdxBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

public class IdxFileTest {
    private static final byte[] TWO_IMAGES = IdxBytes.images(2, 3, 5);

    @TempDir
    Path folder;

    @Test
    void compressed_and_plain_content_are_told_apart_by_their_bytes() {
        Path misnamedPlain = IdxBytes.write(folder.resolve("plain.gz"), TWO_IMAGES);
        Path misnamedGzip = IdxBytes.write(folder.resolve("compressed"), IdxBytes.gzip(TWO_IMAGES));

        for (Path file : new Path[] {misnamedPlain, misnamedGzip}) {
            IdxFile images = IdxFile.readImages(file);
            assertThat(images.count()).isEqualTo(2);
            assertThat(images.rows()).isEqualTo(3);
            assertThat(images.columns()).isEqualTo(5);
            // the last pixel: image 1, row 2, column 4
            assertThat(images.value(29)).isEqualTo(31 + 14 + 4);
        }
    }

    @Test
    void the_digest_is_that_of_the_decompressed_file() {
        // printf '\0\0\010\001\0\0\0\003\007\000\004' | sha256sum
        String expected = "411711375125dd8c70879cc13f26bb92c49432e375f140fcb16805bad1c14f27";
        byte[] labels = IdxBytes.labels(7, 0, 4);

        assertThat(readLabels(labels).sha256()).isEqualTo(expected);
        assertThat(readLabels(IdxBytes.gzip(labels)).sha256()).isEqualTo(expected);
    }

    @Test
    void a_file_larger_than_the_first_allocation_is_read_whole() {
        byte[] large = IdxBytes.images(3001, 28, 28);

        IdxFile images = readImages(IdxBytes.gzip(large));

        byte[] last = new byte[784];
        images.copy(3000 * 784, last, 0, 784);
        assertThat(last).isEqualTo(Arrays.copyOfRange(large, large.length - 784, large.length));
    }

    @Test
    void a_missing_file_is_named() {
        Path missing = folder.resolve("train-images-idx3-ubyte.gz");
        assertFault(() -> IdxFile.readImages(missing)).hasMessage(missing + ": no such file");
    }

    @Test
    void swapped_paths_are_guessed() {
        assertFault(() -> readImages(IdxBytes.labels(1, 2)))
                .hasMessage("file: expected magic 0x00000803 (images), found 0x00000801 (labels). "
                        + "Are the paths swapped?");
        assertFault(() -> readLabels(TWO_IMAGES))
                .hasMessage("file: expected magic 0x00000801 (labels), found 0x00000803 (images). "
                        + "Are the paths swapped?");
    }

    @Test
    void a_file_of_another_format_is_refused() {
        assertFault(() -> readImages("<html><body>404</body></html>".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("file: expected magic 0x00000803 (images), found 0x3c68746d "
                        + "(not an IDX file of unsigned bytes)");
    }

    @Test
    void a_truncated_file_says_how_much_is_missing() {
        byte[] cut = Arrays.copyOf(TWO_IMAGES, 16 + 15 + 4);

        assertFault(() -> readImages(cut))
                .hasMessage("file: truncated: 1 of 2 images are there (11 bytes are missing). Fetch the file again.");
    }

    @Test
    void a_truncated_gzip_stream_says_how_much_is_missing() {
        byte[] content = IdxBytes.images(500, 28, 28);
        byte[] compressed = IdxBytes.gzip(content);
        byte[] cut = Arrays.copyOf(compressed, compressed.length / 2);
        int present = decompressibleBytes(cut) - 16;

        assertThat(present).isBetween(784, 499 * 784);
        assertFault(() -> readImages(cut))
                .hasMessage(String.format(
                        Locale.ROOT,
                        "file: truncated: %,d of 500 images are there (%,d bytes are missing). Fetch the file again.",
                        present / 784,
                        500 * 784 - present));
    }

    @Test
    void a_cut_within_the_headers_or_the_check_sum_is_named() {
        byte[] compressed = IdxBytes.gzip(TWO_IMAGES);

        assertFault(() -> readImages(new byte[0]))
                .hasMessage("file: truncated within its header of 16 bytes. Fetch the file again.");
        assertFault(() -> readLabels(Arrays.copyOf(IdxBytes.labels(3), 6)))
                .hasMessage("file: truncated within its header of 8 bytes. Fetch the file again.");
        assertFault(() -> readImages(Arrays.copyOf(compressed, 5)))
                .hasMessage("file: the gzip header is cut off. Fetch the file again.");
        assertFault(() -> readImages(Arrays.copyOf(compressed, compressed.length - 3)))
                .hasMessage("file: truncated within the gzip check sum. Fetch the file again.");
    }

    @Test
    void bytes_after_the_last_image_are_refused() {
        byte[] longer = Arrays.copyOf(TWO_IMAGES, TWO_IMAGES.length + 1);

        String message = "file: there are bytes after the 30 that the header promises.";
        assertFault(() -> readImages(longer)).hasMessage(message);
        assertFault(() -> readImages(IdxBytes.gzip(longer))).hasMessage(message);
    }

    @Test
    void a_wrong_check_sum_is_noticed() {
        byte[] compressed = IdxBytes.gzip(TWO_IMAGES);
        compressed[compressed.length - 8] ^= 1;

        assertFault(() -> readImages(compressed))
                .hasMessage("file: corrupt gzip stream (Corrupt GZIP trailer). Fetch the file again.");
    }

    @Test
    void a_damaged_gzip_stream_is_noticed() {
        byte[] compressed = IdxBytes.gzip(IdxBytes.images(500, 28, 28));
        // the first block's header: a block type that does not exist
        compressed[10] |= 0b110;

        assertFault(() -> readImages(compressed))
                .hasMessage("file: corrupt gzip stream (invalid block type). Fetch the file again.");
    }

    @Test
    void a_label_over_the_highest_class_is_named_with_its_index() {
        assertFault(() -> readLabels(IdxBytes.labels(9, 0, 10, 3, 255)))
                .hasMessage("file: label 10 at index 2 is over the highest of the 10 classes, 9.");
    }

    @Test
    void sizes_beyond_reason_are_refused() {
        assertFault(() -> readImages(header(10_000_001, 1, 1)))
                .hasMessage("file: the header gives a count of images of 10000001, expected 1 to 10,000,000.");
        assertFault(() -> readImages(header(1, 0xffffffff, 1)))
                .hasMessage("file: the header gives a height of 4294967295, expected 1 to 4,096.");
        assertFault(() -> readImages(header(1, 28, 0)))
                .hasMessage("file: the header gives a width of 0, expected 1 to 4,096.");
        assertFault(() -> readImages(header(10_000_000, 28, 28)))
                .hasMessage(
                        "file: the header promises 7,840,000,000 bytes, more than the 2,147,483,639 that can be read.");
    }

    @Test
    void a_forged_header_allocates_only_what_arrives() {
        // It promises 2 GB, more than the heap of the tests; an allocation up front would be an OutOfMemoryError.
        assertFault(() -> readImages(header(128, 4096, 4095)))
                .hasMessage("file: truncated: 0 of 128 images are there (2,146,959,360 bytes are missing). "
                        + "Fetch the file again.");
    }

    @Test
    void content_that_would_fill_the_heap_is_refused_while_it_arrives() {
        InputStream endless =
                new SequenceInputStream(
                        new ByteArrayInputStream(header(128, 4096, 4095)), InputStream.nullInputStream()) {
                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        int got = super.read(target, offset, length);
                        return got > 0 ? got : length;
                    }
                };

        // The heap of the tests is 1 GB.
        assertFault(() -> IdxFile.readImages("file", endless))
                .hasMessageStartingWith("file: the header promises 2,146,959,360 bytes, too many for a heap of ")
                .hasMessageContaining("RESIDUAL_JAVA_OPTS=-Xmx6g");
    }

    @Test
    @Timeout(20)
    void a_named_pipe_is_refused_and_not_waited_for() throws Exception {
        Path pipe = folder.resolve("train-images-idx3-ubyte");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        assertFault(() -> IdxFile.readImages(pipe))
                .hasMessage(pipe + ": cannot be read (is a pipe or a device, no file)");
    }

    @Test
    void a_gzip_bomb_is_not_decompressed_beyond_the_promise() {
        var bomb = new CountingStream(IdxBytes.gzip(Arrays.copyOf(IdxBytes.images(1, 2, 2), 256 << 20)));

        assertFault(() -> IdxFile.readImages("file", bomb))
                .hasMessage("file: there are bytes after the 4 that the header promises.");
        // 256 MB of zeros are some 260 KB compressed; two buffers of 64 KB are the most that may be fetched ahead.
        assertThat(bomb.read).isLessThanOrEqualTo(128 << 10);
    }

    private static byte[] header(int count, int rows, int columns) {
        return ByteBuffer.allocate(16)
                .putInt(0x803)
                .putInt(count)
                .putInt(rows)
                .putInt(columns)
                .array();
    }

    private static int decompressibleBytes(byte[] compressed) {
        int bytes = 0;
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            while (gzip.read() >= 0) {
                bytes++;
            }
            throw new AssertionError("the stream was to be cut");
        } catch (IOException e) {
            return bytes;
        }
    }

    private static IdxFile readImages(byte[] content) {
        return IdxFile.readImages("file", new ByteArrayInputStream(content));
    }

    private static IdxFile readLabels(byte[] content) {
        return IdxFile.readLabels("file", new ByteArrayInputStream(content), 10);
    }

    public static AbstractThrowableAssert<?, ? extends Throwable> assertFault(ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_DATA));
    }

    private static final class CountingStream extends InputStream {
        private final InputStream bytes;
        private int read;

        CountingStream(byte[] content) {
            bytes = new ByteArrayInputStream(content);
        }

        @Override
        public int read() throws IOException {
            read++;
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int got = bytes.read(target, offset, length);
            read += Math.max(got, 0);
            return got;
        }
    }
}
