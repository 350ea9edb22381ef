package io.residual.data;

import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images as a network takes them, with their labels. Closing a batch frees its images, which spares the garbage collector
 * the work.
 */
public final class Batch implements AutoCloseable {
    private final INDArray images;
    private final int[] labels;

    /**
     * A batch.
     *
     * @param images FLOAT [N, channels, height, width]
     * @param labels N of them, each from 0 to the number of classes - 1; not copied
     * @throws IllegalArgumentException if there are more images than labels, or fewer
     */
    public Batch(INDArray images, int... labels) {
        if (images.size(0) != labels.length) {
            throw new IllegalArgumentException(images.size(0) + " images have " + labels.length + " labels");
        }
        this.images = images;
        this.labels = labels;
    }

    /** FLOAT [N, channels, height, width]. */
    public INDArray images() {
        return images;
    }

    /** The class of an image, from 0. */
    public int label(int index) {
        return labels[index];
    }

    /** Number of images. */
    public int size() {
        return labels.length;
    }

    /**
     * The labels as distributions over the classes.
     *
     * @param classes number of classes
     * @return FLOAT [N, classes], 1 for the image's class and 0 elsewhere, a new array
     */
    public INDArray oneHot(int classes) {
        float[] values = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            values[i * classes + Objects.checkIndex(labels[i], classes)] = 1;
        }
        return Nd4j.create(values, new long[] {labels.length, classes}, 'c').castTo(DataType.FLOAT);
    }

    @Override
    public void close() {
        images.close();
    }
}
