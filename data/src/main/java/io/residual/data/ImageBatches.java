package io.residual.data;

import io.residual.data.augment.Augmenter;
import io.residual.data.augment.Planes;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batches of an image set, of the size and with the normalisation of an {@link InputForm}. Images are resized and augmented
 * as batches are made, and only one batch is ever in float memory.
 *
 * <p>The images of a batch belong to the caller, lie outside every workspace, and are never used again.
 *
 * <p>This is one pass over an epoch; epochs are counted from 0, and {@link #epoch(int)} goes to the start of any.
 *
 * <p>Not safe for use by several threads.
 */
public final class ImageBatches implements Iterator<Batch> {
    /** Inference keeps no activations, so larger batches cost little. */
    private static final int INFERENCE_BATCH = 256;

    private final ImageSet images;
    private final int batchSize;
    private final InputForm form;
    private final BatchOrder order;
    private final Augmenter augmenter;
    /** By epoch. */
    private IntFunction<ImageSize> sizes;
    /** Of the images of this epoch. */
    private Preparation preparation;
    /** The value of each level of a channel, [channels, 256]. */
    private final float[][] levels;

    private final int perEpoch;
    private float[] features = new float[0];
    private int epoch;
    private int[] indices;
    /** How often the image of each index was drawn before in the epoch. */
    private int[] repeats;

    private int next;

    /**
     * How images come to a size.
     *
     * @param resize absent where the images have the size already
     * @param planes where they are changed
     */
    private record Preparation(ImageSize size, @Nullable FittedResize resize, Planes planes, Augmenter augmenter) {
        boolean changesNothing() {
            return resize == null && augmenter.changesNothing();
        }
    }

    /** Batches for inference: all images in their order, not augmented. */
    public static ImageBatches inOrder(ImageSet images, InputForm form) {
        return new ImageBatches(images, INFERENCE_BATCH, form, new BatchOrder.Sequential());
    }

    /** Batches of the images as they are, with the smaller last one kept. */
    public ImageBatches(ImageSet images, int batchSize, InputForm form, BatchOrder order) {
        this(images, batchSize, form, order, LastBatch.KEEP, Augmenter.NONE);
    }

    /**
     * Batches for training.
     *
     * @param augmenter works on the resized images, before they are normalised
     */
    public ImageBatches(
            ImageSet images, int batchSize, InputForm form, BatchOrder order, LastBatch last, Augmenter augmenter) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("a batch has at least one image, not " + batchSize);
        }
        this.images = images;
        this.batchSize = batchSize;
        this.form = form;
        this.order = order;
        this.augmenter = augmenter;
        this.sizes = anyEpoch -> form.size();
        this.preparation = preparation(images, form, augmenter, form.size());
        this.levels = form.normalisation().levels(images.channels());
        this.perEpoch = switch (last) {
            case KEEP -> images.size();
            case DROP -> images.size() - images.size() % batchSize;
        };
        this.indices = order.indices(images.size(), 0);
        this.repeats = BatchOrder.repeats(indices);
    }

    private static Preparation preparation(ImageSet images, InputForm form, Augmenter augmenter, ImageSize size) {
        return new Preparation(
                size,
                images.height() == size.height() && images.width() == size.width()
                        ? null
                        : new FittedResize(images.height(), images.width(), size, form.fit()),
                new Planes(images.channels(), size.height(), size.width()),
                size.equals(form.size())
                        ? augmenter
                        : augmenter.scaled((double) size.height() / form.size().height()));
    }

    /**
     * Gives the images of each epoch a size of its own in place of the form's, goes to the start of the first epoch, and gives
     * this. Images are resized first and augmented then, by what is in proportion to their size.
     *
     * @param byEpoch from 0
     */
    public ImageBatches withSizes(IntFunction<ImageSize> byEpoch) {
        sizes = byEpoch;
        return epoch(0);
    }

    /** Goes to the start of an epoch, and gives this. */
    public ImageBatches epoch(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("epochs are counted from 0, not from " + number);
        }
        epoch = number;
        indices = order.indices(images.size(), number);
        repeats = BatchOrder.repeats(indices);
        next = 0;
        ImageSize size = sizes.apply(number);
        if (!size.equals(preparation.size())) {
            preparation = preparation(images, form, augmenter, size);
        }
        return this;
    }

    /**
     * Goes past the next batches of this epoch without making them, and gives this.
     *
     * @param count at most as many as are left; none is allowed
     */
    public ImageBatches skip(int count) {
        long images = (long) count * batchSize;
        long left = (long) perEpoch - next;
        if (count < 0 || images - left >= batchSize) {
            throw new IllegalArgumentException(
                    "cannot skip " + count + " batches of " + batchSize + " images: " + left + " images are left");
        }
        next += (int) Math.min(images, left);
        return this;
    }

    public int epoch() {
        return epoch;
    }

    /** The images that the batches are of, in the order of their set. */
    public ImageSet images() {
        return images;
    }

    /** How the images are prepared, but for their size where epochs have sizes of their own. */
    public InputForm form() {
        return form;
    }

    /** In which order they come. */
    public BatchOrder order() {
        return order;
    }

    /** What changes them. */
    public Augmenter augmenter() {
        return augmenter;
    }

    /** Images of a batch, but for a smaller last one. */
    public int batchSize() {
        return batchSize;
    }

    /** How many batches an epoch has. */
    public int batches() {
        return (perEpoch + batchSize - 1) / batchSize;
    }

    /** How many images an epoch has. */
    public int imagesPerEpoch() {
        return perEpoch;
    }

    @Override
    public boolean hasNext() {
        return next < perEpoch;
    }

    /** @throws NoSuchElementException if the epoch is over */
    @Override
    public Batch next() {
        return nextPart(0, 1);
    }

    /**
     * A part of the next batch, past which this goes. The parts of a batch differ by at most one image, and are together, in
     * their order, the batch.
     *
     * @param part from 0 to {@code parts - 1}
     * @param parts at most the images of the batch
     * @throws NoSuchElementException if the epoch is over
     */
    public Batch nextPart(int part, int parts) {
        if (!hasNext()) {
            throw new NoSuchElementException("epoch " + epoch + " is over: epoch(n) starts another");
        }
        Objects.checkIndex(part, parts);
        int complete = Math.min(batchSize, perEpoch - next);
        if (parts > complete) {
            throw new IllegalArgumentException("a batch of " + complete + " images has no " + parts + " parts");
        }
        int from = next + (int) ((long) complete * part / parts);
        Batch batch = batch(from, next + (int) ((long) complete * (part + 1) / parts));
        next += complete;
        return batch;
    }

    private Batch batch(int from, int to) {
        int count = to - from;
        int imageLength = preparation.planes().values().length;
        int length = Math.multiplyExact(count, imageLength);
        if (features.length < length) {
            features = new float[length];
        }
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            int index = indices[from + i];
            write(pixels(index, repeats[from + i]), i * imageLength);
            labels[i] = images.label(index);
        }
        ImageSize size = preparation.size();
        return new Batch(array(features, length, count, images.channels(), size.height(), size.width()), labels);
    }

    /** An image, resized and augmented, [channels, height, width]; to be read before the next one is asked for. */
    private byte[] pixels(int index, int repeat) {
        byte[] source = images.pixels(index);
        if (preparation.changesNothing()) {
            return source;
        }
        Planes planes = preparation.planes();
        FittedResize resize = preparation.resize();
        if (resize == null) {
            System.arraycopy(source, 0, planes.values(), 0, source.length);
        } else {
            for (int c = 0; c < images.channels(); c++) {
                resize.plane(
                        source,
                        c * images.height() * images.width(),
                        planes.values(),
                        c * planes.height() * planes.width());
            }
        }
        preparation.augmenter().apply(planes, epoch, images.position(index), repeat);
        return planes.values();
    }

    private void write(byte[] pixels, int offset) {
        int plane = preparation.size().height() * preparation.size().width();
        for (int c = 0; c < levels.length; c++) {
            float[] values = levels[c];
            for (int p = c * plane; p < (c + 1) * plane; p++) {
                features[offset + p] = values[pixels[p] & 0xff];
            }
        }
    }

    @SuppressWarnings("try") // the scope is there for what it does to allocations within it
    private static INDArray array(float[] values, int length, long... shape) {
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape);
            array.data().asNioFloat().put(values, 0, length);
            return array;
        }
    }
}
