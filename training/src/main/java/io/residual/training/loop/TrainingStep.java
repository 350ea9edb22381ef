package io.residual.training.loop;

import io.residual.core.VertexPaths;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.GraphNetwork;
import io.residual.training.optim.BatchMixing;
import io.residual.training.optim.LearningRate;
import io.residual.training.optim.Update;
import io.residual.training.optim.WeightAverage;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** One step of training: mixing, forward, backward, update. */
final class TrainingStep {
    private final ComputationGraph graph;
    private final BatchMixing mixing;
    private final Update update;
    private final LogitsListener logits = new LogitsListener();

    /**
     * Prepares the steps of a run.
     *
     * @param batchesPerEpoch how many steps an epoch has, at least 1
     */
    TrainingStep(GraphNetwork network, TrainingSpec spec, int batchesPerEpoch) {
        this(
                network,
                spec,
                batchesPerEpoch,
                LearningRate.of(spec.optimisation(), Update.perEpoch(spec.optimisation(), batchesPerEpoch)));
    }

    /** As the spec says, but at other rates. */
    TrainingStep(GraphNetwork network, TrainingSpec spec, int batchesPerEpoch, LearningRate rate) {
        this.graph = network.graph();
        this.mixing = new BatchMixing(spec.optimisation().regularisation(), spec.seed());
        this.update = new Update(graph, spec.optimisation(), rate, batchesPerEpoch);
        graph.addListeners(logits);
    }

    /**
     * What a step saw before it changed the weights.
     *
     * @param loss mean over the images, of the labels as they were mixed
     * @param hits images whose highest logit is that of their label, the label with the largest share where it was mixed
     */
    record Result(double loss, long hits) {}

    /**
     * Takes one step on a batch; the network counts it as an iteration.
     *
     * @param batch whose features may change
     * @param iteration steps of the run before this one. Together with the spec, the parameters and {@link #state} it
     *     decides all that the step does
     */
    Result run(DataSet batch, long iteration) {
        INDArray labels = mixing.apply(batch, iteration);
        logits.labels = labels;
        graph.setInput(0, batch.getFeatures());
        graph.setLabel(0, labels);
        graph.computeGradientAndScore();
        update.take(batch.numExamples(), iteration);
        graph.clearLayersStates();
        graph.getConfiguration().setIterationCount(Math.toIntExact(iteration + 1));
        return new Result(graph.score(), logits.hits);
    }

    /** The learning rate of the step after so many steps. */
    double learningRate(long iteration) {
        return update.rate(iteration);
    }

    /** From now on, all learning rates are those of the spec times a factor above 0. */
    void scaleRate(double factor) {
        update.scaleRate(factor);
    }

    /** The moving average of the weights, if the spec asks for one. */
    Optional<WeightAverage> average() {
        return update.average();
    }

    /**
     * The arrays that, beside the network's parameters, decide the next steps: live views by name, to be saved, or to be
     * assigned to when a run goes on. The names and shapes depend on the spec alone.
     */
    Map<String, INDArray> state() {
        return update.state();
    }

    /** Counts the hits of a step's own forward pass, so that training accuracy costs no second one. */
    private static final class LogitsListener extends BaseTrainingListener {
        private @Nullable INDArray labels;
        private long hits;

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            INDArray logits = activations.get(VertexPaths.DENSE);
            if (logits == null) {
                throw new IllegalStateException(
                        "the network has no vertex " + VertexPaths.DENSE + ", only " + activations.keySet());
            }
            hits = ScoreSum.hits(logits, Objects.requireNonNull(labels));
        }
    }
}
