package io.residual.training.loop;

import io.residual.data.Batch;
import io.residual.training.network.Predictor;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All that the training loop asks of a network: steps on batches, predictions, and the arrays that decide the next steps.
 * {@link GraphExecutor} executes Deeplearning4j's graph.
 */
public interface StepExecutor extends Predictor {
    /**
     * The outcome of a step, as it was before the weights changed.
     *
     * @param loss mean over the images, of the labels after mixing and weighting; the focal loss if the spec asks for it
     * @param hits images whose highest logit is that of their label, or of the label with the largest share after mixing
     */
    record Step(double loss, long hits) {}

    /**
     * One step on a batch: forward, backward, update. Together with the spec and the {@link #state}, the arguments decide
     * everything that the step does.
     *
     * @param batch whose images may change
     * @param epoch from 0
     * @param iteration steps of the run before this one
     */
    Step step(Batch batch, int epoch, long iteration);

    /** The learning rate of the step after so many steps. */
    double learningRate(long iteration);

    /**
     * The arrays that decide the next steps, parameters included: live views by name, to be saved, or to be assigned to when
     * a run resumes. Names and shapes depend on the spec and the kernels alone.
     */
    Map<String, INDArray> state();

    /** Whether all weights are finite. */
    boolean hasFiniteWeights();

    /** Whether the spec asks for a moving average of the weights. */
    boolean averagesWeights();

    /** The result of an action while the network has the averaged weights; those it has, without an average. */
    <T> T withAveragedWeights(Supplier<T> action);

    /** Ends training: the network has the averaged weights from now on, if the spec asks for an average. */
    void useAveragedWeights();
}
