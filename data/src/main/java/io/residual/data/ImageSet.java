package io.residual.data;

import io.residual.core.ImageShape;
import io.residual.core.SplitMix64;
import io.residual.core.files.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
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
    private final ImageShape shape;
    private final List<String> classNames;
    private final SortedMap<String, String> digests;
    /** All images of the source, whatever the subset, each [channels, height, width]. */
    private final byte[][] pixels;
    /** All labels of the source, whatever the subset. */
    private final int[] labels;
    /** For each image of this set, its place in the source. */
    private final int[] positions;

    private ImageSet(
            ImageShape shape,
            List<String> classNames,
            SortedMap<String, String> digests,
            byte[][] pixels,
            int[] labels,
            int[] positions) {
        this.shape = shape;
        this.classNames = List.copyOf(classNames);
        this.digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
        this.pixels = pixels;
        this.labels = labels;
        this.positions = positions;
    }

    /**
     * Images in the order of their source.
     *
     * @param digests see {@link #digests}
     * @param pixels unsigned bytes, each [channels, height, width]; not copied, nobody may write to them any more
     * @param labels one for each image, from 0 to the number of classes - 1
     * @throws IllegalArgumentException if an image has another shape, or a label is none
     */
    public static ImageSet of(
            ImageShape shape,
            List<String> classNames,
            SortedMap<String, String> digests,
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
        return new ImageSet(shape, classNames, digests, pixels.clone(), labels.clone(), positions);
    }

    public int size() {
        return positions.length;
    }

    /** 1 for grey images, 3 for images in colour: red, green, blue. */
    public int channels() {
        return shape.channels();
    }

    /** Height of every image, in pixels. */
    public int height() {
        return shape.height();
    }

    /** Width of every image, in pixels. */
    public int width() {
        return shape.width();
    }

    /** The classes in the order of their labels. */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * What the images come from, also for a subset of them: SHA-256, 64 lower-case hexadecimal digits, of the decompressed
     * content of each IDX file, by its name without {@code .gz}, or of each folder, see
     * {@link io.residual.data.folder.ImageFolder}.
     */
    public SortedMap<String, String> digests() {
        return digests;
    }

    /**
     * SHA-256 of the pixels and labels of these images in their order, 64 lower-case hexadecimal digits: other labels, or a
     * subset, have another one.
     */
    public String contentSha256() {
        MessageDigest digest = Sha256.digest();
        for (int i = 0; i < size(); i++) {
            digest.update(pixels(i));
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, label(i)));
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

    /** Copies an image, channel by channel and row by row from the top, unsigned bytes, into {@code target}. */
    public void copyPixels(int index, byte[] target, int offset) {
        byte[] image = pixels(index);
        System.arraycopy(image, 0, target, offset, image.length);
    }

    /** The image itself, to be read only. */
    byte[] pixels(int index) {
        return pixels[position(index)];
    }

    /** How many images of each class there are, in the order of the labels. */
    public int[] classCounts() {
        int[] counts = new int[classNames.size()];
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
        return new ImageSet(shape, classNames, digests, pixels, labels, chosen);
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
            changed[position(i)] = Objects.checkIndex(others[i], classNames.size());
        }
        return new ImageSet(shape, classNames, digests, pixels, changed, positions);
    }

    /** The images with rows and columns exchanged. */
    public ImageSet transposed() {
        byte[][] turned = new byte[pixels.length][];
        for (int i = 0; i < pixels.length; i++) {
            turned[i] = transposed(pixels[i]);
        }
        return new ImageSet(
                new ImageShape(channels(), width(), height()), classNames, digests, turned, labels, positions);
    }

    private byte[] transposed(byte[] image) {
        byte[] turned = new byte[image.length];
        int plane = height() * width();
        for (int c = 0; c < image.length; c += plane) {
            for (int y = 0; y < height(); y++) {
                for (int x = 0; x < width(); x++) {
                    turned[c + x * height() + y] = image[c + y * width() + x];
                }
            }
        }
        return turned;
    }
}
