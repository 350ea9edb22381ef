package io.residual.data;

import io.residual.core.ImageShape;
import io.residual.core.SplitMix64;
import io.residual.core.files.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Images of one size, grey or in colour, with their classes, immutable. Pixels stay bytes (47 MB for the 60,000 images of
 * Fashion-MNIST; as floats they would take four times as much), and subsets share them.
 */
public final class ImageSet {
    /** All images of a place and what is known of them, whatever the subset. */
    private static final class Source {
        private final ImageShape shape;
        private final List<String> classNames;
        private final SortedMap<String, String> digests;
        private final ImageNames names;
        /** Each [channels, height, width]. */
        private final byte[][] pixels;
        /** As they were read. */
        private final int[] labels;

        Source(
                ImageShape shape,
                List<String> classNames,
                SortedMap<String, String> digests,
                ImageNames names,
                byte[][] pixels,
                int[] labels) {
            this.shape = shape;
            this.classNames = List.copyOf(classNames);
            this.digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
            this.names = names;
            this.pixels = pixels;
            this.labels = labels;
        }
    }

    private final Source source;
    /** Of all images of the source. */
    private final int[] labels;
    /** For each image of this set, its place in the source. */
    private final int[] positions;

    private ImageSet(Source source, int[] labels, int[] positions) {
        this.source = source;
        this.labels = labels;
        this.positions = positions;
    }

    /**
     * Images of your own, called {@code images[0]} and so on.
     *
     * @see #of(ImageShape, List, SortedMap, ImageNames, byte[][], int[])
     */
    public static ImageSet of(
            ImageShape shape,
            List<String> classNames,
            SortedMap<String, String> digests,
            byte[][] pixels,
            int[] labels) {
        return of(shape, classNames, digests, new ImageNames.Rows("images"), pixels, labels);
    }

    /**
     * Images in the order of their source.
     *
     * @param digests see {@link #digests}
     * @param names of the images, in their order
     * @param pixels unsigned bytes, each [channels, height, width]; not copied, nobody may write to them any more
     * @param labels one for each image, from 0 to the number of classes - 1
     * @throws IllegalArgumentException if an image has another shape, or a label is none
     */
    public static ImageSet of(
            ImageShape shape,
            List<String> classNames,
            SortedMap<String, String> digests,
            ImageNames names,
            byte[][] pixels,
            int[] labels) {
        if (pixels.length != labels.length) {
            throw new IllegalArgumentException(pixels.length + " images have " + labels.length + " labels");
        }
        int[] positions = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            if (pixels[i].length != shape.values()) {
                throw new IllegalArgumentException(
                        "image " + i + " has " + pixels[i].length + " bytes, expected " + shape.values());
            }
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException(
                        "image " + i + " has label " + labels[i] + " of " + classNames.size() + " classes");
            }
            positions[i] = i;
        }
        Source source = new Source(shape, classNames, digests, names, pixels.clone(), labels.clone());
        return new ImageSet(source, source.labels, positions);
    }

    public int size() {
        return positions.length;
    }

    /** 1 for grey images, 3 for images in colour: red, green, blue. */
    public int channels() {
        return source.shape.channels();
    }

    /** Height of every image, in pixels. */
    public int height() {
        return source.shape.height();
    }

    /** Width of every image, in pixels. */
    public int width() {
        return source.shape.width();
    }

    /** The classes in the order of their labels. */
    public List<String> classNames() {
        return source.classNames;
    }

    /**
     * What the images come from, also for a subset of them: SHA-256, 64 lower-case hexadecimal digits, of the decompressed
     * content of each IDX file, by its name without {@code .gz}, or of each folder, see
     * {@link io.residual.data.folder.ImageFolder}.
     */
    public SortedMap<String, String> digests() {
        return source.digests;
    }

    /**
     * SHA-256 of the pixels and labels of these images in their order, 64 lower-case hexadecimal digits: other labels, or a
     * subset, have another one.
     */
    public String contentSha256() {
        MessageDigest digest = Sha256.digest();
        for (int i = 0; i < size(); i++) {
            update(digest, position(i), label(i));
        }
        return Sha256.hex(digest);
    }

    /** The class of an image, from 0 to the number of classes - 1. */
    public int label(int index) {
        return labels[position(index)];
    }

    /** Where the image is in its source, from 0: what a reader of the source needs to find it. */
    public int position(int index) {
        return positions[Objects.checkIndex(index, positions.length)];
    }

    /** What its user calls the image: its path within the folder of the data, or its file and row. */
    public String name(int index) {
        return source.names.name(position(index));
    }

    /**
     * Recognises the image wherever it is moved to: SHA-256 of its file's bytes; of a row of an IDX file, of its pixels and
     * its label as a 4-byte number, from 0. 64 lower-case hexadecimal digits; the same with other labels.
     */
    public String sha256(int index) {
        int position = position(index);
        return source.names.sha256(position).orElseGet(() -> {
            MessageDigest digest = Sha256.digest();
            update(digest, position, source.labels[position]);
            return Sha256.hex(digest);
        });
    }

    private void update(MessageDigest digest, int position, int label) {
        digest.update(source.pixels[position]);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, label));
    }

    /** Copies an image, channel by channel and row by row from the top, unsigned bytes, into {@code target}. */
    public void copyPixels(int index, byte[] target, int offset) {
        byte[] image = pixels(index);
        System.arraycopy(image, 0, target, offset, image.length);
    }

    /** The image itself, to be read only. */
    byte[] pixels(int index) {
        return source.pixels[position(index)];
    }

    /** How many images of each class there are, in the order of the labels. */
    public int[] classCounts() {
        int[] counts = new int[source.classNames.size()];
        for (int i = 0; i < size(); i++) {
            counts[label(i)]++;
        }
        return counts;
    }

    /** Indices of the images of a class, in an order that the seed draws. */
    int[] shuffledClass(int label, long seed) {
        int[] members =
                IntStream.range(0, size()).filter(i -> label(i) == label).toArray();
        SplitMix64.of(seed, label).shuffle(members);
        return members;
    }

    /** The images at the indices, in their order; they share the pixels of this set. */
    public ImageSet subset(int... indices) {
        int[] chosen = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            chosen[i] = position(indices[i]);
        }
        return new ImageSet(source, labels, chosen);
    }

    /** Whether each image is a file, whose name and digest recognise it. */
    public boolean isOfFiles() {
        return source.names instanceof ImageNames.Files;
    }

    /**
     * These images and then others of the same shape and classes, as one source.
     *
     * @throws IllegalArgumentException if shapes or classes differ
     */
    public ImageSet and(ImageSet others) {
        if (!source.shape.equals(others.source.shape) || !classNames().equals(others.classNames())) {
            throw new IllegalArgumentException("images of " + source.shape + " and " + classNames()
                    + " cannot be joined with those of " + others.source.shape + " and " + others.classNames());
        }
        SortedMap<String, String> digests = new TreeMap<>(digests());
        digests.putAll(others.digests());
        Placed placed = new Placed(size() + others.size());
        for (int i = 0; i < size(); i++) {
            placed.put(i, this, i);
        }
        for (int i = 0; i < others.size(); i++) {
            placed.put(size() + i, others, i);
        }
        return placed.images(digests, IntStream.range(0, size() + others.size()).toArray());
    }

    /**
     * The images at the indices, in their order, at other positions of a source: positions decide how images are augmented.
     *
     * @param positions one for each index, none twice
     */
    public ImageSet at(int[] indices, int[] positions) {
        Placed placed = new Placed(1 + IntStream.of(positions).max().orElse(-1));
        for (int i = 0; i < indices.length; i++) {
            placed.put(positions[i], this, indices[i]);
        }
        return placed.images(digests(), positions);
    }

    /** A source that is put together. */
    private final class Placed {
        private final String[] names;
        private final String[] sha256;
        private final byte[][] pixels;
        private final int[] labels;

        Placed(int size) {
            names = new String[size];
            sha256 = new String[size];
            pixels = new byte[size][];
            labels = new int[size];
            Arrays.fill(pixels, new byte[0]);
            Arrays.fill(names, "");
            Arrays.fill(sha256, "");
        }

        void put(int position, ImageSet from, int index) {
            names[position] = from.name(index);
            sha256[position] = from.sha256(index);
            pixels[position] = from.pixels(index);
            labels[position] = from.label(index);
        }

        ImageSet images(SortedMap<String, String> digests, int[] positions) {
            ImageNames all = new ImageNames.Files(List.of(names), List.of(sha256));
            return new ImageSet(
                    new Source(source.shape, classNames(), digests, all, pixels, labels), labels, positions.clone());
        }
    }

    /** The same images, which also come from something that has a digest, such as a file that labels were changed by. */
    public ImageSet withDigest(String name, String sha256) {
        SortedMap<String, String> digests = new TreeMap<>(digests());
        digests.put(name, sha256);
        Source same = new Source(source.shape, source.classNames, digests, source.names, source.pixels, source.labels);
        return new ImageSet(same, labels, positions);
    }

    /**
     * The same images with other labels, as a study of label noise needs.
     *
     * @param others one for each image of this set, from 0 to the number of classes - 1; for an image that is here twice the
     *     last counts
     * @throws IllegalArgumentException if there are more or fewer
     * @throws IndexOutOfBoundsException if one is no label
     */
    public ImageSet withLabels(int... others) {
        if (others.length != size()) {
            throw new IllegalArgumentException(size() + " images cannot have " + others.length + " labels");
        }
        int[] changed = labels.clone();
        for (int i = 0; i < others.length; i++) {
            changed[position(i)] = Objects.checkIndex(others[i], source.classNames.size());
        }
        return new ImageSet(source, changed, positions);
    }
}
