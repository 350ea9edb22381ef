package io.residual.core.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a file byte by byte, right or wrong, as no writer would. */
final class RawFile {
    private RawFile() {}

    /** A header as it stands, its true length before it, and so many bytes of data (1, 2, 3 ...) after it. */
    static Path write(Path path, String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return write(path, text.length, text, dataBytes);
    }

    static Path write(Path path, long statedLength, byte[] header, int dataBytes) throws IOException {
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(statedLength)
                .put(header);
        for (int i = 1; i <= dataBytes; i++) {
            file.put((byte) i);
        }
        return Files.write(path, file.array());
    }
}
