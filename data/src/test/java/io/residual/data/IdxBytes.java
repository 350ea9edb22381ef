package io.residual.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** IDX files as bytes, right ones and wrong ones. */
public final class IdxBytes {
    private IdxBytes() {}

    /** {@code count} images; the pixel at (i, y, x) has the value (31 i + 7 y + x) mod 256. */
    public static byte[] images(int count, int rows, int columns) {
        ByteBuffer file = ByteBuffer.allocate(16 + count * rows * columns);
        file.putInt(0x803).putInt(count).putInt(rows).putInt(columns);
        for (int i = 0; i < count; i++) {
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    file.put((byte) (31 * i + 7 * y + x));
                }
            }
        }
        return file.array();
    }

    public static byte[] labels(int... labels) {
        ByteBuffer file = ByteBuffer.allocate(8 + labels.length);
        file.putInt(0x801).putInt(labels.length);
        for (int label : labels) {
            file.put((byte) label);
        }
        return file.array();
    }

    public static byte[] gzip(byte[] content) {
        try (var bytes = new ByteArrayOutputStream()) {
            try (var gzip = new GZIPOutputStream(bytes)) {
                gzip.write(content);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path write(Path file, byte[] content) {
        try {
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
