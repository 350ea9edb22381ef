package io.residual.training.optim;

import io.residual.data.Batch;
import io.residual.data.ImageSet;
import io.residual.training.config.ImbalanceSpec;
import java.util.Collections;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Weights of the classes in the loss, as parts of the labels. A step's loss is the mean over images of -sum(label * ln p),
 * where the labels of an image need not sum to 1: that of weighted labels is PyTorch's {@code CrossEntropyLoss(weight)} with
 * its mean over weights, also with label smoothing; with mixup or cutmix it is the mean of the losses of both labels by their
 * shares.
 *
 * @param ofClasses above 0, one for each class in the order of the labels
 */
public record LabelWeights(List<Double> ofClasses) {
    public LabelWeights {
        ofClasses = List.copyOf(ofClasses);
    }

    /** All images count the same. */
    public static LabelWeights equal(int classes) {
        return new LabelWeights(Collections.nCopies(classes, 1.0));
    }

    /**
     * As a spec asks for them.
     *
     * @param training images of the run
     * @throws io.residual.core.ResidualException of kind BAD_SETTING if the weights do not fit the images' classes
     */
    public static LabelWeights of(ImbalanceSpec spec, ImageSet training) {
        List<Double> weights = spec.weights(training.classCounts(), training.classNames());
        return weights.isEmpty() ? equal(training.classNames().size()) : new LabelWeights(weights);
    }

    public int classes() {
        return ofClasses.size();
    }

    /** Whether all images count the same. */
    public boolean areEqual() {
        return ofClasses.stream().allMatch(ofClasses.get(0)::equals);
    }

    /**
     * The labels times the weights of their classes, over the mean weight of the batch's images.
     *
     * @param labels [N, classes]
     * @param batch of N images
     * @return another array [N, classes], or the labels themselves if all images count the same
     */
    public INDArray apply(INDArray labels, Batch batch) {
        if (areEqual()) {
            return labels;
        }
        double[] weights = of(batch);
        float[] values = labels.dup('c').data().asFloat();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * weights[i % classes()]);
        }
        return Nd4j.create(values, labels.shape(), 'c');
    }

    /** The weights of the classes over the mean weight of a batch's images. */
    public double[] of(Batch batch) {
        // Mixing leaves the sum as it is: each image is the partner of one other.
        double sum = 0;
        for (int i = 0; i < batch.size(); i++) {
            sum += ofClasses.get(batch.label(i));
        }
        double share = batch.size() / sum;
        return ofClasses.stream().mapToDouble(weight -> weight * share).toArray();
    }
}
