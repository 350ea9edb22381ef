package io.residual.data.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The formats that are read, recognised by their first bytes and never by a file's name. */
enum PictureFormat {
    PNG("\u0089PNG\r\n\u001a\n", 0, ""),
    JPEG("\u00ff\u00d8\u00ff", 0, ""),
    /** The first frame. */
    GIF("GIF8", 0, ""),
    BMP("BM", 0, ""),
    /** Lossy and lossless; the first frame. */
    WEBP("RIFF", 8, "WEBP");

    /** As long as the head of a WebP file, the longest that is looked at. */
    private static final int HEAD_BYTES = 12;

    private final String start;
    private final int secondAt;
    private final String second;

    PictureFormat(String start, int secondAt, String second) {
        this.start = start;
        this.secondAt = secondAt;
        this.second = second;
    }

    static Optional<PictureFormat> of(byte[] file) {
        return Arrays.stream(values())
                .filter(format -> holds(file, 0, format.start) && holds(file, format.secondAt, format.second))
                .findFirst();
    }

    private static boolean holds(byte[] file, int at, String expected) {
        return file.length >= at + expected.length()
                && new String(file, at, expected.length(), StandardCharsets.ISO_8859_1).equals(expected);
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
