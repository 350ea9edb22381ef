package io.residual.training.loop;

import io.residual.data.ImageBatches;
import io.residual.training.network.Predictor;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All that the training loop asks of a network: steps on batches, predictions, and the arrays that decide the next steps.
 * {@link GraphExecutor} executes Deeplearning4j's graph.
 */
public interface StepExecutor extends Predictor, AutoCloseable {
    /**
     * The outcome of a step, as it was before the weights changed.
     *
     * @param loss mean over the images, of the labels after mixing and weighting; the focal loss if the spec asks for it
     * @param hits images whose highest logit is that of their label, or of the label with the largest share after mixing
     * @param images of the batch
     */
    record Step(double loss, long hits, int images) {}

    /** The steps of an epoch, taken as they are asked for: one, or several that the executor takes without a pause. */
    interface Steps extends Iterator<List<Step>>, AutoCloseable {
        @Override
        void close();
    }

    /**
     * The steps of an epoch: forward, backward, update. Together with the spec and the {@link #state}, the arguments decide
     * everything that they do.
     *
     * @param batches of the run, in any epoch
     * @param from where the epoch starts or resumes
     */
    Steps epoch(ImageBatches batches, Position from);

    /** The learning rate of the step after so many steps. */
    double learningRate(long iteration);

    /**
     * The arrays that decide the next steps, parameters included, by name, to be saved. Names and shapes depend on the spec,
     * the number of images and the kernels alone.
     */
    Map<String, INDArray> state();

    /**
     * Changes the state, as a run resumes.
     *
     * @param assign assigns to the arrays of the {@link #state}
     */
    void restore(Consumer<Map<String, INDArray>> assign);

    /**
     * Class probabilities of one epoch's images in the batches' order, [images, classes], in inference mode.
     *
     * @param batches at the start of an epoch
     * @param stop asked before every batch
     * @return nothing if it was stopped
     */
    default Optional<float[][]> probabilities(ImageBatches batches, BooleanSupplier stop) {
        return Inference.probabilities(this, batches, stop);
    }

    /** Whether all weights are finite. */
    boolean hasFiniteWeights();

    /** Whether the spec asks for a moving average of the weights. */
    boolean averagesWeights();

    /** The result of an action while the network has the averaged weights; those it has, without an average. */
    <T> T withAveragedWeights(Supplier<T> action);

    /** Gives the network that is trained the weights that this has now, where they are not the same arrays. */
    void updateNetwork();

    /** Ends training: the network has the averaged weights from now on, if the spec asks for an average. */
    void useAveragedWeights();

    /** Frees what steps need; the network stays. */
    @Override
    void close();
}
