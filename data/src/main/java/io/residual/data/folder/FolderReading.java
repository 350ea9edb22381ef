package io.residual.data.folder;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.Sha256;
import io.residual.data.ImageNames;
import io.residual.data.ImageSet;
import io.residual.data.SkippedFiles.Reason;
import io.residual.data.folder.PictureFinder.Found;
import io.residual.data.picture.DecodingBudget;
import io.residual.data.picture.Picture;
import io.residual.data.picture.PictureDecoder;
import io.residual.data.picture.PictureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reads the pictures of a folder on all processors; what comes out does not depend on how many there are. */
final class FolderReading {
    /** Pictures between two looks at the memory. */
    private static final int BLOCK = 256;

    private static final int MAX_NAMED = 10;
    private static final byte[] NO_BYTES = {};

    /**
     * An image of a class.
     *
     * @param label index of its class
     */
    record Entry(Found found, int label) {}

    private final Path folder;
    private final List<Entry> entries;
    private final FolderOptions options;
    private final HeapBudget budget;
    private final PictureDecoder decoder;
    /** Of each picture; empty where it is corrupt. */
    private final byte[][] pixels;
    /** Of each picture; empty where it cannot even be opened. */
    private final String[] sha256;
    /** What is wrong with corrupt pictures, by index. */
    private final SortedMap<Integer, String> errors = new ConcurrentSkipListMap<>();

    FolderReading(Path folder, List<Entry> entries, FolderOptions options, HeapBudget budget) {
        this.folder = folder;
        this.entries = entries;
        this.options = options;
        this.budget = budget;
        this.decoder = new PictureDecoder(options.limits());
        this.pixels = new byte[entries.size()][];
        this.sha256 = new String[entries.size()];
        Arrays.fill(pixels, NO_BYTES);
        Arrays.fill(sha256, "");
    }

    /**
     * Reads all pictures.
     *
     * @param part name of the digest; empty if the folder has no parts
     * @param finder remembers the corrupt pictures, if those are skipped
     */
    ImageSet run(String part, PictureFinder finder) {
        int channels = 1;
        for (int from = 0; from < entries.size(); from += BLOCK) {
            int to = Math.min(entries.size(), from + BLOCK);
            IntStream.range(from, to).parallel().forEach(this::read);
            channels = Math.max(channels, maxChannels(from, to));
            budget.require(folder, entries.size(), shape(channels));
        }
        if (!errors.isEmpty() && options.onCorruptImage() == OnCorruptImage.FAIL) {
            throw corrupt();
        }
        ImageSet images = images(part, channels);
        budget.take(images.size(), shape(channels));
        errors.forEach((index, error) ->
                finder.skip(Reason.CORRUPT, entries.get(index).found().name() + ": " + error));
        return images;
    }

    private void read(int index) {
        Path file = entries.get(index).found().file();
        try {
            byte[] content = decoder.content(file);
            sha256[index] = Sha256.of(content);
            // As long as the picture is there, which is until it is resized.
            try (DecodingBudget.Lease lease =
                    decoder.budget().reserve(decoder.header(content).decodingBytes())) {
                Picture picture = decoder.decode(content, lease);
                pixels[index] = options.form().bytes(picture, options.colour().channels(picture.channels()));
            }
        } catch (AccessDeniedException e) {
            errors.put(index, "permission denied");
        } catch (NoSuchFileException e) {
            errors.put(index, "a link that leads nowhere, or removed meanwhile");
        } catch (PictureException e) {
            errors.put(index, e.message("maxFileMegabytes", "maxMegapixels"));
        } catch (IOException | IllegalArgumentException e) {
            errors.put(index, String.valueOf(e.getMessage()));
        }
    }

    private int maxChannels(int from, int to) {
        int pixelsOfChannel = Math.toIntExact(shape(1).values());
        int max = 1;
        for (int i = from; i < to; i++) {
            max = Math.max(max, pixels[i].length / pixelsOfChannel);
        }
        return max;
    }

    private ImageShape shape(int channels) {
        return new ImageShape(
                channels, options.form().size().height(), options.form().size().width());
    }

    private ResidualException corrupt() {
        return new ResidualException(
                Kind.BAD_DATA,
                String.format(
                        Locale.ROOT,
                        "%s: %,d of %,d images cannot be read. Fix or remove them, or set onCorruptImage to"
                                + " skip.%n%s%s",
                        folder,
                        errors.size(),
                        entries.size(),
                        errors.entrySet().stream()
                                .limit(MAX_NAMED)
                                .map(error ->
                                        entries.get(error.getKey()).found().file() + ": " + error.getValue())
                                .collect(Collectors.joining("\n")),
                        errors.size() > MAX_NAMED ? "\n..." : ""));
    }

    /** Corrupt pictures keep their places, so that positions are those in the listing of the folder. */
    private ImageSet images(String part, int channels) {
        int[] readable = IntStream.range(0, pixels.length)
                .filter(i -> !errors.containsKey(i))
                .toArray();
        if (readable.length == 0) {
            throw new ResidualException(Kind.BAD_DATA, folder + ": no image in it can be read.");
        }
        byte[] blank = new byte[Math.toIntExact(shape(channels).values())];
        Arrays.setAll(pixels, i -> errors.containsKey(i) ? blank : inChannels(pixels[i], channels));
        return ImageSet.of(
                        shape(channels),
                        options.classes(),
                        new TreeMap<>(Map.of(part.isEmpty() ? "." : part, digest(part))),
                        new ImageNames.Files(
                                entries.stream()
                                        .map(entry -> entry.found().name())
                                        .toList(),
                                Arrays.asList(sha256)),
                        pixels,
                        entries.stream().mapToInt(Entry::label).toArray())
                .subset(readable);
    }

    /** A grey image among coloured ones gets three equal channels. */
    private byte[] inChannels(byte[] image, int channels) {
        int plane = Math.toIntExact(shape(1).values());
        if (image.length == channels * plane) {
            return image;
        }
        byte[] repeated = new byte[channels * plane];
        for (int c = 0; c < channels; c++) {
            System.arraycopy(image, 0, repeated, c * plane, plane);
        }
        return repeated;
    }

    /** Of the lines that sha256sum prints; a picture that could not even be opened has no line. */
    private String digest(String part) {
        int start = part.isEmpty() ? 0 : part.length() + 1;
        MessageDigest lines = Sha256.digest();
        for (int i = 0; i < sha256.length; i++) {
            if (!sha256[i].isEmpty()) {
                lines.update((sha256[i] + "  " + entries.get(i).found().name().substring(start) + "\n")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        return Sha256.hex(lines);
    }
}
