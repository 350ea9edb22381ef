package io.residual.training.data;

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
 * Batches of an image set: features FLOAT [N, 1, height, width] with pixels in [0, 1] (the grey level divided by 255,
 * as the d2l book feeds them), labels FLOAT [N, classes], one-hot. Images are resized as batches are made, and only one
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
    private static final float[] UNIT_LEVELS = unitLevels();

    private final ImageSet images;
    private final int batchSize;
    private final ImageSize size;
    private final BatchOrder order;
    private final BilinearResize resize;
    private final byte[] source;
    private final int perEpoch;
    private float[] features = new float[0];
    private @Nullable DataSetPreProcessor preProcessor;
    private int epoch;
    private int[] indices;
    private int next;

    /** Batches with the smaller last one kept. */
    public ImageBatches(ImageSet images, int batchSize, ImageSize size, BatchOrder order) {
        this(images, batchSize, size, order, LastBatch.KEEP);
    }

    public ImageBatches(ImageSet images, int batchSize, ImageSize size, BatchOrder order, LastBatch last) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("a batch has at least one image, not " + batchSize);
        }
        this.images = images;
        this.batchSize = batchSize;
        this.size = size;
        this.order = order;
        this.resize = new BilinearResize(images.height(), images.width(), size.height(), size.width());
        this.source = new byte[images.height() * images.width()];
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
        int pixels = Math.multiplyExact(size.height(), size.width());
        int length = Math.multiplyExact(count, pixels);
        int classes = images.classNames().size();
        if (features.length < length) {
            features = new float[length];
        }
        float[] labels = new float[count * classes];
        for (int i = 0; i < count; i++) {
            int index = indices[first + i];
            images.copyPixels(index, source, 0);
            resize.resize(source, 0, UNIT_LEVELS, features, i * pixels);
            labels[i * classes + images.label(index)] = 1;
        }
        return new DataSet(
                array(features, length, count, 1, size.height(), size.width()),
                array(labels, labels.length, count, classes));
    }

    @SuppressWarnings("try") // the scope is there for what it does to allocations within it
    private static INDArray array(float[] values, int length, long... shape) {
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape);
            array.data().asNioFloat().put(values, 0, length);
            return array;
        }
    }

    private static float[] unitLevels() {
        float[] levels = new float[256];
        for (int v = 0; v < levels.length; v++) {
            levels[v] = v / 255f;
        }
        return levels;
    }

    @Override
    public int inputColumns() {
        return size.height() * size.width();
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
