package io.residual.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;

/** What lies around the bytes that are damaged: without it, checksums and lengths would reject nearly all of them. */
final class Seals {
    private Seals() {}

    /** An IDX file of bytes: images [count, rows, columns], or labels [count]. */
    static byte[] idx(int... shape) {
        int values = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + values).putInt(0x800 + shape.length);
        for (int size : shape) {
            file.putInt(size);
        }
        for (int i = 0; i < values; i++) {
            file.put((byte) (i % 10));
        }
        return file.array();
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** The JSON header of a safetensors file. */
    static byte[] header(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return Arrays.copyOfRange(bytes, Long.BYTES, Long.BYTES + headerLength(bytes));
    }

    /** Puts a header before the data that a safetensors file has. */
    static UnaryOperator<byte[]> ofSafetensors(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int start = Long.BYTES + headerLength(bytes);
        return header -> ByteBuffer.allocate(Long.BYTES + header.length + bytes.length - start)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(bytes, start, bytes.length - start)
                .array();
    }

    private static int headerLength(byte[] file) {
        return Math.toIntExact(
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
    }

    /** Updates the checksums of a PNG's chunks, as far as it has chunks; other files stay as they are. */
    static byte[] checked(byte[] file) {
        byte[] png = "\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1);
        if (!Arrays.equals(png, Arrays.copyOf(file, png.length))) {
            return file;
        }
        ByteBuffer bytes = ByteBuffer.wrap(file.clone());
        for (int chunk = png.length; chunk + 12 <= file.length; ) {
            int length = bytes.getInt(chunk);
            if (length < 0 || length > file.length - chunk - 12) {
                break;
            }
            CRC32 crc = new CRC32();
            crc.update(file, chunk + 4, length + 4);
            bytes.putInt(chunk + 8 + length, (int) crc.getValue());
            chunk += 12 + length;
        }
        return bytes.array();
    }
}
