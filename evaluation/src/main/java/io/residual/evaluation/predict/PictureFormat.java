package io.residual.evaluation.predict;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The formats that are read, told by their first bytes and never by a file's name. */
enum PictureFormat {
    PNG("\u0089PNG\r\n\u001a\n", 0, ""),
    JPEG("\u00ff\u00d8\u00ff", 0, ""),
    /** The first frame. */
    GIF("GIF8", 0, ""),
    BMP("BM", 0, ""),
    /** Lossy and lossless; the first frame. */
    WEBP("RIFF", 8, "WEBP");

    private static final int HEAD_BYTES = 16;

    private final String start;
    private final int secondAt;
    private final String second;

    PictureFormat(String start, int secondAt, String second) {
        this.start = start;
        this.secondAt = secondAt;
        this.second = second;
    }

    static Optional<PictureFormat> of(byte[] file) {
        String head = new String(file, 0, Math.min(file.length, HEAD_BYTES), StandardCharsets.ISO_8859_1);
        return Arrays.stream(values())
                .filter(format -> head.startsWith(format.start) && head.startsWith(format.second, format.secondAt))
                .findFirst();
    }

    /** Whether the file is shorter than its header says, where the decoder does not look. */
    boolean isCut(byte[] file) {
        if (this != WEBP || file.length < HEAD_BYTES) {
            return this == WEBP;
        }
        long said = Integer.toUnsignedLong(
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
        return file.length < 8 + said;
    }

    /** A reader of this format and no other; the caller disposes of it. */
    ImageReader reader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name());
        if (!readers.hasNext()) {
            throw new IllegalStateException("no reader of " + this + " is on the class path");
        }
        return readers.next();
    }
}
