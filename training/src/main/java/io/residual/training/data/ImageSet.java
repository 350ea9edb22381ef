package io.residual.training.data;

import java.util.List;
import java.util.Objects;
import org.datavec.api.writable.batch.NDArrayRecordBatch;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Grey images with their classes, immutable. Pixels stay as the bytes of the file (47 MB for the 60,000 images of
 * Fashion-MNIST; as floats they would take four times as much), and subsets share them.
 */
public final class ImageSet {
    /** Pixels that are read at once: large enough to be fast, small enough for images of any size. */
    private static final int PIXELS_AT_ONCE = 1 << 20;

    private final int height;
    private final int width;
    private final List<String> classNames;
    private final IdxDigests digests;
    /** All images of the file, whatever the subset. */
    private final byte[] pixels;
    /** All labels of the file, whatever the subset. */
    private final byte[] labels;
    /** For each image of this set, its place in the file. */
    private final int[] positions;

    private ImageSet(
            int height,
            int width,
            List<String> classNames,
            IdxDigests digests,
            byte[] pixels,
            byte[] labels,
            int[] positions) {
        this.height = height;
        this.width = width;
        this.classNames = List.copyOf(classNames);
        this.digests = digests;
        this.pixels = pixels;
        this.labels = labels;
        this.positions = positions;
    }

    /** All records of a reader, from its first. The reader is reset before and can be closed after. */
    public static ImageSet read(IdxRecordReader reader) {
        int count = reader.count();
        int pixelsPerImage = reader.rows() * reader.columns();
        byte[] pixels = new byte[count * pixelsPerImage];
        byte[] labels = new byte[count];
        int[] positions = new int[count];
        int imagesAtOnce = Math.max(1, PIXELS_AT_ONCE / pixelsPerImage);
        reader.reset();
        for (int read = 0; reader.hasNext(); ) {
            List<INDArray> batch = ((NDArrayRecordBatch) reader.next(imagesAtOnce)).getArrays();
            int size = Math.toIntExact(batch.get(1).size(0));
            copyAsBytes(batch.get(0), pixels, read * pixelsPerImage);
            copyAsBytes(batch.get(1), labels, read);
            for (int i = 0; i < size; i++) {
                positions[read + i] = read + i;
            }
            read += size;
        }
        return new ImageSet(
                reader.rows(), reader.columns(), reader.getLabels(), reader.digests(), pixels, labels, positions);
    }

    private static void copyAsBytes(INDArray array, byte[] target, int offset) {
        float[] values = new float[Math.toIntExact(array.length())];
        array.data().asNioFloat().get(values);
        // Off-heap memory is freed here and not when the garbage collector gets to it.
        array.close();
        for (int i = 0; i < values.length; i++) {
            target[offset + i] = (byte) (int) values[i];
        }
    }

    public int size() {
        return positions.length;
    }

    /** Height of every image, in pixels. */
    public int height() {
        return height;
    }

    /** Width of every image, in pixels. */
    public int width() {
        return width;
    }

    /** The classes in the order of their labels. */
    public List<String> classNames() {
        return classNames;
    }

    /** The files that the images come from, also for a subset of them. */
    public IdxDigests digests() {
        return digests;
    }

    /** The class of an image, from 0 to the number of classes - 1. */
    public int label(int index) {
        return labels[position(index)] & 0xff;
    }

    /** Where the image is in its file, from 0: what a reader of the file needs to find it. */
    public int position(int index) {
        return positions[Objects.checkIndex(index, positions.length)];
    }

    /** Copies an image, row by row from the top, {@code height * width} unsigned bytes, into {@code target}. */
    public void copyPixels(int index, byte[] target, int offset) {
        int length = height * width;
        System.arraycopy(pixels, position(index) * length, target, offset, length);
    }

    /** How many images of each class there are, in the order of the labels. */
    public int[] classCounts() {
        int[] counts = new int[classNames.size()];
        for (int i = 0; i < size(); i++) {
            counts[label(i)]++;
        }
        return counts;
    }

    /** The images at the indices, in their order; they share the pixels of this set. */
    public ImageSet subset(int... indices) {
        int[] chosen = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            chosen[i] = position(indices[i]);
        }
        return new ImageSet(height, width, classNames, digests, pixels, labels, chosen);
    }

    /** The same images with other names for the classes, as many as before. */
    ImageSet withClassNames(List<String> names) {
        if (names.size() != classNames.size()) {
            throw new IllegalArgumentException(
                    "expected " + classNames.size() + " names of classes, found " + names.size());
        }
        return new ImageSet(height, width, names, digests, pixels, labels, positions);
    }
}
