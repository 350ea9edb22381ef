package io.residual.evaluation.model;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A changed view of the images of a batch, [N, channels, height, width]: mirrored, then shifted; pixels from outside are
 * 0, as the background of Fashion-MNIST.
 *
 * @param down pixels of the network's input, negative for up
 * @param right pixels of the network's input, negative for left
 */
record ImageView(int down, int right, Mirror mirror) {
    static final ImageView PLAIN = new ImageView(0, 0, Mirror.NONE);

    /** Whether left and right change places. */
    enum Mirror {
        NONE,
        LEFT_TO_RIGHT
    }

    /** The changed images, of the same shape. */
    INDArray of(INDArray images) {
        if (equals(PLAIN)) {
            return images;
        }
        int height = Math.toIntExact(images.size(2));
        int width = Math.toIntExact(images.size(3));
        float[] source = images.dup('c').data().asFloat();
        float[] target = new float[source.length];
        int planes = source.length / (height * width);
        for (int plane = 0; plane < planes; plane++) {
            int start = plane * height * width;
            for (int y = Math.max(0, down); y < Math.min(height, height + down); y++) {
                for (int x = Math.max(0, right); x < Math.min(width, width + right); x++) {
                    int column = mirror == Mirror.NONE ? x - right : width - 1 - (x - right);
                    target[start + y * width + x] = source[start + (y - down) * width + column];
                }
            }
        }
        return Nd4j.create(target, images.shape(), 'c');
    }
}
