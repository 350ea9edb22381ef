package io.residual.data.picture;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The formats that are read, recognised by their first bytes and never by a file's name. */
public enum PictureFormat {
    PNG("PNG", "\u0089PNG\r\n\u001a\n"),
    JPEG("JPEG", "\u00ff\u00d8\u00ff"),
    /** Lossy and lossless; the first frame. */
    WEBP("WebP", "RIFF????WEBP"),
    BMP("BMP", "BM"),
    /** The first frame. */
    GIF("GIF", "GIF87a", "GIF89a"),
    /** The first page. */
    TIFF("TIFF", "II*\0", "MM\0*");

    /** All of them, for messages and help: "PNG, JPEG, ... or TIFF". */
    public static final String NAMES = "PNG, JPEG, WebP, BMP, GIF or TIFF";

    /** As long as the longest signature. */
    private static final int HEAD_BYTES = 12;

    private static final char ANY = '?';

    private final String display;

    @SuppressWarnings("ImmutableEnumChecker") // never written
    private final String[] signatures;

    PictureFormat(String display, String... signatures) {
        this.display = display;
        this.signatures = signatures;
    }

    /** The format of a file, by its first bytes; nothing if it is none of these. */
    public static Optional<PictureFormat> of(byte[] file) {
        String head = new String(file, 0, Math.min(HEAD_BYTES, file.length), StandardCharsets.ISO_8859_1);
        return Arrays.stream(values())
                .filter(format -> Arrays.stream(format.signatures).anyMatch(signature -> begins(head, signature)))
                .findFirst();
    }

    private static boolean begins(String head, String signature) {
        for (int i = 0; i < signature.length(); i++) {
            if (i >= head.length() || (signature.charAt(i) != ANY && signature.charAt(i) != head.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** A reader of this format and no other; the caller disposes of it. */
    ImageReader reader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(name());
        if (!readers.hasNext()) {
            throw new IllegalStateException("no reader of " + this + " is on the class path");
        }
        return readers.next();
    }

    @Override
    public String toString() {
        return display;
    }
}
