package io.residual.training.fit;

import io.residual.training.network.Network;
import io.residual.training.spec.TrainingSpec;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** One step of training: forward, backward, update. */
final class TrainingStep {
    /** The vertex that holds the logits, see {@code io.residual.core.ResNetGraph}. */
    private static final String LOGITS = "fc";

    private final ComputationGraph graph;
    private final double rate;
    private double factor = 1;
    private final LogitsListener logits = new LogitsListener();

    /**
     * Prepares the steps of a run.
     *
     * @param batchesPerEpoch how many steps an epoch has, at least 1
     */
    TrainingStep(Network network, TrainingSpec spec, int batchesPerEpoch) {
        this.graph = network.graph();
        this.rate = spec.optimisation().learningRate();
        graph.addListeners(logits);
    }

    /**
     * What a step saw before it changed the weights.
     *
     * @param loss mean over the images
     * @param hits images whose highest logit is that of their label
     */
    record Result(double loss, long hits) {}

    /**
     * Takes one step on a batch; the network counts it as an iteration.
     *
     * @param iteration steps of the run before this one. Together with the spec, the parameters and {@link #state} it
     *     decides all that the step does
     */
    Result run(DataSet batch, long iteration) {
        logits.labels = batch.getLabels();
        graph.fit(batch);
        return new Result(graph.score(), logits.hits);
    }

    /** The learning rate of the step after so many steps. */
    double learningRate(long iteration) {
        return rate * factor;
    }

    /** From now on, all learning rates are those of the spec times a factor above 0. */
    void scaleRate(double factor) {
        this.factor = factor;
        graph.setLearningRate(rate * factor);
    }

    /**
     * The arrays that, beside the network's parameters, decide the next steps: live views by name, to be saved, or to be
     * assigned to when a run goes on. The names and shapes depend on the spec alone.
     */
    Map<String, INDArray> state() {
        INDArray updater = graph.getUpdater(true).getStateViewArray();
        return updater == null ? Map.of() : Map.of("updater", updater);
    }

    /** Counts the hits of a step's own forward pass, so that training accuracy costs no second one. */
    private static final class LogitsListener extends BaseTrainingListener {
        private @Nullable INDArray labels;
        private long hits;

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            INDArray logits = activations.get(LOGITS);
            if (logits == null) {
                throw new IllegalStateException(
                        "the network has no vertex " + LOGITS + ", only " + activations.keySet());
            }
            hits = ScoreSum.hits(logits, Objects.requireNonNull(labels));
        }
    }
}
