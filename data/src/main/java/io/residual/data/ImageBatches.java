package io.residual.data;

import io.residual.data.augment.Augmenter;
import io.residual.data.augment.Planes;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batches of an image set: features FLOAT [N, channels, height, width], of the size and with the normalisation of an
 * {@link InputForm}, labels FLOAT [N, classes], one-hot. Images are resized and augmented as batches are made, and only one
 * batch is ever in float memory.
 *
 * <p>The arrays of a batch belong to the caller, lie outside every workspace, and are never used again; closing them
 * after use spares the garbage collector the work.
 *
 * <p>Epochs are counted from 0. {@link #epoch(int)} goes to the start of any epoch. {@link #reset()} goes to the start
 * of the next one if the last batch of this one was taken, and else starts this one again, so that resetting twice does
 * not skip an epoch.
 *
 * <p>Not safe for use by several threads.
 */
public final class ImageBatches implements DataSetIterator {
    private final ImageSet images;
    private final int batchSize;
    private final ImageSize size;
    private final BatchOrder order;
    private final Augmenter augmenter;
    /** Absent where the images have the size already. */
    private final @Nullable FittedResize resize;

    private final Planes planes;
    /** The value of each level of a channel, [channels, 256]. */
    private final float[][] levels;

    private final int perEpoch;
    private float[] features = new float[0];
    private @Nullable DataSetPreProcessor preProcessor;
    private int epoch;
    private int[] indices;
    private int next;

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
        this.size = form.size();
        this.order = order;
        this.augmenter = augmenter;
        this.resize = images.height() == size.height() && images.width() == size.width()
                ? null
                : new FittedResize(images.height(), images.width(), size, form.fit());
        this.planes = new Planes(images.channels(), size.height(), size.width());
        this.levels = form.normalisation().levels(images.channels());
        this.perEpoch = switch (last) {
            case KEEP -> images.size();
            case DROP -> images.size() - images.size() % batchSize;
        };
        this.indices = order.indices(images.size(), 0);
    }

    /** Goes to the start of an epoch, and gives this. */
    public ImageBatches epoch(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("epochs are counted from 0, not from " + number);
        }
        epoch = number;
        indices = order.indices(images.size(), number);
        next = 0;
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

    @Override
    public DataSet next() {
        return next(batchSize);
    }

    /** The next {@code num} images, fewer at the end of the epoch. */
    @Override
    public DataSet next(int num) {
        if (num < 1) {
            throw new IllegalArgumentException("a batch has at least one image, not " + num);
        }
        if (!hasNext()) {
            throw new NoSuchElementException("epoch " + epoch + " is over: reset() or epoch(n) starts another");
        }
        int count = Math.min(num, perEpoch - next);
        DataSet batch = batch(next, count);
        next += count;
        if (preProcessor != null) {
            preProcessor.preProcess(batch);
        }
        return batch;
    }

    private DataSet batch(int first, int count) {
        int channels = images.channels();
        int length = Math.multiplyExact(count, planes.values().length);
        int classes = images.classNames().size();
        if (features.length < length) {
            features = new float[length];
        }
        float[] labels = new float[count * classes];
        for (int i = 0; i < count; i++) {
            int index = indices[first + i];
            write(pixels(index), i * planes.values().length);
            labels[i * classes + images.label(index)] = 1;
        }
        return new DataSet(
                array(features, length, count, channels, size.height(), size.width()),
                array(labels, labels.length, count, classes));
    }

    /** An image, resized and augmented, [channels, height, width]; to be read before the next one is asked for. */
    private byte[] pixels(int index) {
        byte[] source = images.pixels(index);
        if (resize == null && augmenter.changesNothing()) {
            return source;
        }
        if (resize == null) {
            System.arraycopy(source, 0, planes.values(), 0, source.length);
        } else {
            for (int c = 0; c < images.channels(); c++) {
                resize.plane(
                        source,
                        c * images.height() * images.width(),
                        planes.values(),
                        c * size.height() * size.width());
            }
        }
        augmenter.apply(planes, epoch, images.position(index));
        return planes.values();
    }

    private void write(byte[] pixels, int offset) {
        int plane = size.height() * size.width();
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

    @Override
    public int inputColumns() {
        return planes.values().length;
    }

    @Override
    public int totalOutcomes() {
        return images.classNames().size();
    }

    @Override
    public boolean resetSupported() {
        return true;
    }

    /** True: no array is used twice. */
    @Override
    public boolean asyncSupported() {
        return true;
    }

    @Override
    public void reset() {
        epoch(hasNext() ? epoch : epoch + 1);
    }

    @Override
    public int batch() {
        return batchSize;
    }

    @Override
    public void setPreProcessor(@Nullable DataSetPreProcessor preProcessor) {
        this.preProcessor = preProcessor;
    }

    @Override
    public @Nullable DataSetPreProcessor getPreProcessor() {
        return preProcessor;
    }

    @Override
    public List<String> getLabels() {
        return images.classNames();
    }
}
