package io.residual.data.idx;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.core.files.IoErrors;
import io.residual.core.files.RegularFile;
import io.residual.core.files.Sha256;
import io.residual.data.ImageNames;
import io.residual.data.ImageSet;
import io.residual.data.ImageSize;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The content of one IDX file: grey images, unsigned bytes of shape [count, rows, columns], or class labels, unsigned
 * bytes of shape [count]. The file may be gzip-compressed or plain; its first two bytes decide, not its name.
 *
 * <p>A file is read completely and checked against what its header promises: every error is a {@link ResidualException} of kind
 * BAD_DATA that names the file. Never more than one byte beyond the promise is decompressed, and memory
 * grows with the bytes that arrive, so a forged header or a gzip bomb costs nothing.
 *
 * @see <a href="http://yann.lecun.com/exdb/mnist/">the description of the format</a>
 */
public final class IdxFile {
    static final int MAX_COUNT = 10_000_000;
    static final int MAX_SIDE = ImageSize.MAX_SIDE;
    /** The longest array that a JVM gives; 2 GiB but for a few bytes. */
    static final long MAX_BYTES = Integer.MAX_VALUE - 8L;

    private static final double SHARE_OF_HEAP = 0.75;
    private static final int FIRST_ALLOCATION = 1 << 20;
    private static final int GZIP_MAGIC = 0x1f8b;

    private enum Kind {
        IMAGES("images", 0x00000803, 3),
        LABELS("labels", 0x00000801, 1);

        private final String plural;
        private final int magic;
        private final int dimensions;

        Kind(String plural, int magic, int dimensions) {
            this.plural = plural;
            this.magic = magic;
            this.dimensions = dimensions;
        }
    }

    private final String name;
    private final int count;
    private final int rows;
    private final int columns;
    private final byte[] values;
    private final String sha256;

    private IdxFile(String name, int count, int rows, int columns, byte[] values, String sha256) {
        this.name = name;
        this.count = count;
        this.rows = rows;
        this.columns = columns;
        this.values = values;
        this.sha256 = sha256;
    }

    /** Reads a file of images. */
    public static IdxFile readImages(Path file) {
        return open(Kind.IMAGES, file.toString(), () -> RegularFile.stream(file));
    }

    /** Reads images from a file, or from another place, such as a resource of the class path. */
    static IdxFile readImages(URI place) {
        return open(Kind.IMAGES, place);
    }

    /**
     * Reads images from a stream, which is left open.
     *
     * @param name that messages have for the file
     */
    public static IdxFile readImages(String name, InputStream stream) {
        return read(Kind.IMAGES, name, stream);
    }

    /**
     * Reads a file of labels.
     *
     * @param classes the number of classes: a label is from 0 to {@code classes - 1}
     */
    public static IdxFile readLabels(Path file, int classes) {
        return open(Kind.LABELS, file.toString(), () -> RegularFile.stream(file))
                .withLabelsFrom(0, classes);
    }

    /**
     * Reads labels that do not start at 0 from a file, or from another place, such as a resource of the class path.
     *
     * @param first what the file calls the first class; {@link #value} calls it 0
     */
    static IdxFile readLabels(URI place, int classes, int first) {
        return open(Kind.LABELS, place).withLabelsFrom(first, classes);
    }

    /**
     * Reads labels from a stream, which is left open.
     *
     * @param name that messages have for the file
     */
    public static IdxFile readLabels(String name, InputStream stream, int classes) {
        return read(Kind.LABELS, name, stream).withLabelsFrom(0, classes);
    }

    /**
     * These images with their labels.
     *
     * @throws ResidualException of kind BAD_DATA if there are more of one than of the other
     */
    public ImageSet withLabels(IdxFile labels, List<String> classNames) {
        if (count != labels.count) {
            throw broken(
                    "%s has %,d images, but %s has %,d labels. Do the files belong together?",
                    name, count, labels.name, labels.count);
        }
        int length = rows * columns;
        byte[][] pixels = new byte[count][];
        int[] classes = new int[count];
        for (int i = 0; i < count; i++) {
            pixels[i] = Arrays.copyOfRange(values, i * length, (i + 1) * length);
            classes[i] = labels.value(i);
        }
        SortedMap<String, String> digests = new TreeMap<>(Map.of(plainName(), sha256));
        digests.put(labels.plainName(), labels.sha256);
        return ImageSet.of(
                new ImageShape(1, rows, columns),
                classNames,
                digests,
                new ImageNames.Rows(plainName()),
                pixels,
                classes);
    }

    /** The images with rows and columns exchanged. */
    IdxFile transposed() {
        byte[] turned = new byte[values.length];
        int length = rows * columns;
        for (int i = 0; i < values.length; i++) {
            int within = i % length;
            turned[i - within + within % columns * rows + within / columns] = values[i];
        }
        return new IdxFile(name, count, columns, rows, turned, sha256);
    }

    private String plainName() {
        String file = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        return file.toLowerCase(Locale.ROOT).endsWith(".gz") ? file.substring(0, file.length() - ".gz".length()) : file;
    }

    public String name() {
        return name;
    }

    public int count() {
        return count;
    }

    /** Height of an image in pixels; 1 for labels. */
    public int rows() {
        return rows;
    }

    /** Width of an image in pixels; 1 for labels. */
    public int columns() {
        return columns;
    }

    /** SHA-256 of the decompressed file, header included, as 64 lower-case hexadecimal digits. */
    public String sha256() {
        return sha256;
    }

    /** The value at a place in the file's order, from 0 to 255. */
    int value(int position) {
        return values[position] & 0xff;
    }

    /** Copies {@code length} values from {@code position} on. */
    public void copy(int position, byte[] target, int offset, int length) {
        System.arraycopy(values, position, target, offset, length);
    }

    @FunctionalInterface
    private interface Opening {
        InputStream stream() throws IOException;
    }

    private static IdxFile open(Kind kind, URI place) {
        if ("file".equals(place.getScheme())) {
            Path file = Path.of(place);
            return open(kind, file.toString(), () -> RegularFile.stream(file));
        }
        return open(kind, place.toString(), () -> place.toURL().openStream());
    }

    private static IdxFile open(Kind kind, String name, Opening opening) {
        try (InputStream stream = opening.stream()) {
            return read(kind, name, stream);
        } catch (NoSuchFileException e) {
            throw error(name + ": no such file", e);
        } catch (IOException e) {
            throw error(name + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        }
    }

    private static IdxFile read(Kind kind, String name, InputStream stream) {
        try {
            return new Reading(kind, name, decompressed(stream)).run();
        } catch (ZipException e) {
            throw error(name + ": corrupt gzip stream (" + e.getMessage() + "). Fetch the file again.", e);
        } catch (EOFException e) {
            throw error(name + ": the gzip header is cut off. Fetch the file again.", e);
        } catch (IOException e) {
            throw error(name + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        }
    }

    private static InputStream decompressed(InputStream stream) throws IOException {
        var buffered = new BufferedInputStream(stream, 1 << 16);
        buffered.mark(2);
        int magic = buffered.read() << 8 | buffered.read();
        buffered.reset();
        return magic == GZIP_MAGIC ? new GZIPInputStream(buffered, 1 << 16) : buffered;
    }

    private IdxFile withLabelsFrom(int first, int classes) {
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            int label = value(i) - first;
            if (label < 0) {
                throw broken("%s: label %d at index %d is below the lowest, %d.", name, value(i), i, first);
            }
            if (label >= classes) {
                throw broken(
                        "%s: label %d at index %d is over the highest of the %d classes, %d.",
                        name, value(i), i, classes, first + classes - 1);
            }
            labels[i] = (byte) label;
        }
        return new IdxFile(name, count, rows, columns, labels, sha256);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
    private static ResidualException broken(String format, Object... values) {
        return error(String.format(Locale.ROOT, format, values), null);
    }

    private static ResidualException error(String message, @Nullable Throwable cause) {
        return new ResidualException(ResidualException.Kind.BAD_DATA, message, cause);
    }

    /** One pass over the decompressed bytes, from the magic number to the end of the stream. */
    private static final class Reading {
        private final Kind kind;
        private final String name;
        private final InputStream content;
        private final MessageDigest digest = Sha256.digest();

        Reading(Kind kind, String name, InputStream content) {
            this.kind = kind;
            this.name = name;
            this.content = content;
        }

        IdxFile run() throws IOException {
            requireMagic();
            int count = dimension("count of " + kind.plural, MAX_COUNT);
            int rows = kind.dimensions > 1 ? dimension("height", MAX_SIDE) : 1;
            int columns = kind.dimensions > 1 ? dimension("width", MAX_SIDE) : 1;
            long itemBytes = (long) rows * columns;
            if (count * itemBytes > MAX_BYTES) {
                throw broken(
                        "%s: the header promises %,d bytes, more than the %,d that can be read.",
                        name, count * itemBytes, MAX_BYTES);
            }
            byte[] values = values((int) (count * itemBytes), (int) itemBytes);
            requireEnd(values.length);
            return new IdxFile(name, count, rows, columns, values, Sha256.hex(digest));
        }

        /** Images are there twice while they are taken out of the file. */
        private void requireRoom(long promised, long bytes) {
            long heap = Runtime.getRuntime().maxMemory();
            if (2 * bytes > SHARE_OF_HEAP * heap) {
                throw broken(
                        "%s: the header promises %,d bytes, too many for a heap of %.1f GB: use a larger one"
                                + " (RESIDUAL_JAVA_OPTS=-Xmx%dg).",
                        name, promised, heap / 1e9, (long) (2 * promised / SHARE_OF_HEAP / (1 << 30)) + 1);
            }
        }

        private void requireMagic() throws IOException {
            int magic = headerInt();
            if (magic == kind.magic) {
                return;
            }
            String found = "not an IDX file of unsigned bytes";
            String hint = "";
            for (Kind other : Kind.values()) {
                if (other.magic == magic) {
                    found = other.plural;
                    hint = ". Are the paths swapped?";
                }
            }
            throw broken(
                    "%s: expected magic 0x%08x (%s), found 0x%08x (%s)%s",
                    name, kind.magic, kind.plural, magic, found, hint);
        }

        private int dimension(String what, int max) throws IOException {
            int value = headerInt();
            if (value < 1 || value > max) {
                throw broken(
                        "%s: the header gives a %s of %d, expected 1 to %,d.",
                        name, what, Integer.toUnsignedLong(value), max);
            }
            return value;
        }

        private int headerInt() throws IOException {
            byte[] bytes = new byte[4];
            if (fill(bytes, 0, 4) < 4) {
                throw broken(
                        "%s: truncated within its header of %d bytes. Fetch the file again.",
                        name, 4 + 4 * kind.dimensions);
            }
            digest.update(bytes);
            return ByteBuffer.wrap(bytes).getInt();
        }

        private byte[] values(int promised, int itemBytes) throws IOException {
            byte[] values = new byte[Math.min(promised, FIRST_ALLOCATION)];
            int filled = 0;
            while (true) {
                int got = fill(values, filled, values.length - filled);
                digest.update(values, filled, got);
                filled += got;
                if (filled == promised) {
                    return values;
                }
                if (filled < values.length) {
                    throw truncated(promised, filled, itemBytes);
                }
                int more = (int) Math.min(promised, 2L * values.length);
                requireRoom(promised, more);
                values = Arrays.copyOf(values, more);
            }
        }

        private ResidualException truncated(int promised, int filled, int itemBytes) {
            int present = filled / itemBytes;
            return broken(
                    "%s: truncated: %,d of %,d %s are there (%,d bytes are missing). Fetch the file again.",
                    name, present, promised / itemBytes, kind.plural, promised - filled);
        }

        private void requireEnd(int promised) throws IOException {
            try {
                if (content.read() >= 0) {
                    throw broken("%s: there are bytes after the %,d that the header promises.", name, promised);
                }
            } catch (EOFException e) {
                throw error(name + ": truncated within the gzip check sum. Fetch the file again.", e);
            }
        }

        /** Fills as far as bytes are there; a gzip stream that is cut ends like any other, so that what is missing can be counted. */
        private int fill(byte[] target, int offset, int length) throws IOException {
            int filled = 0;
            try {
                while (filled < length) {
                    int got = content.read(target, offset + filled, length - filled);
                    if (got < 0) {
                        break;
                    }
                    filled += got;
                }
            } catch (EOFException e) {
                return filled;
            }
            return filled;
        }
    }
}
