package io.residual.training.data.picture;

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

    /** A reader of this format and no other; the caller disposes of it. */
    ImageReader reader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name());
        if (!readers.hasNext()) {
            throw new IllegalStateException("no reader of " + this + " is on the class path");
        }
        return readers.next();
    }
}
