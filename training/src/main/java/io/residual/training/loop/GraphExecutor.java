package io.residual.training.loop;

import io.residual.core.VertexPaths;
import io.residual.data.Batch;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.BatchGradient;
import io.residual.training.network.GraphNetwork;
import io.residual.training.optim.BatchMixing;
import io.residual.training.optim.FocalLoss;
import io.residual.training.optim.LabelWeights;
import io.residual.training.optim.LearningRate;
import io.residual.training.optim.Update;
import io.residual.training.optim.WeightAverage;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trains a Deeplearning4j graph: mixing, forward, backward, update. */
public final class GraphExecutor implements StepExecutor {
    private final GraphNetwork network;
    private final ComputationGraph graph;
    private final BatchMixing mixing;
    private final LabelWeights weights;
    private final FocalLoss focal;
    /** Whether the loss is the cross entropy, and all images count the same. */
    private final boolean isPlain;

    private final Update update;
    private final int batchesPerEpoch;
    private final int batchSize;
    private final Optional<BatchGradient> compiled;
    /** Where the last epoch depends on what the network has learnt. */
    private Optional<BatchOrder.WithoutLearnt> learnt = Optional.empty();

    private final LogitsListener logits = new LogitsListener();

    /**
     * Prepares the steps of a run.
     *
     * @param batches that it is trained on
     */
    public static GraphExecutor of(GraphNetwork network, TrainingSpec spec, ImageBatches batches) {
        GraphExecutor executor = new GraphExecutor(
                network, spec, LabelWeights.of(spec.optimisation().imbalance(), batches.images()), batches.batches());
        if (batches.order() instanceof BatchOrder.WithoutLearnt order) {
            executor.learnt = Optional.of(order);
        }
        return executor;
    }

    /**
     * Prepares the steps of a run.
     *
     * @param weights of the classes of the images
     * @param batchesPerEpoch how many steps an epoch has, at least 1
     */
    public GraphExecutor(GraphNetwork network, TrainingSpec spec, LabelWeights weights, int batchesPerEpoch) {
        this(
                network,
                spec,
                weights,
                batchesPerEpoch,
                LearningRate.of(spec.optimisation(), Update.perEpoch(spec.optimisation(), batchesPerEpoch)));
    }

    /** As the spec says, but at other rates. */
    GraphExecutor(
            GraphNetwork network, TrainingSpec spec, LabelWeights weights, int batchesPerEpoch, LearningRate rate) {
        this.network = network;
        this.graph = network.graph();
        this.mixing = new BatchMixing(spec.optimisation().regularisation(), spec.seed());
        this.weights = weights;
        this.focal = new FocalLoss(spec.optimisation().imbalance().focalGamma());
        this.isPlain = focal.gamma() == 0 && weights.areEqual();
        this.update = new Update(graph, spec.optimisation(), rate, batchesPerEpoch, network.matrixProducts());
        this.batchesPerEpoch = batchesPerEpoch;
        this.batchSize = spec.optimisation().batchSize();
        this.compiled = network.compiledGradient();
        if (compiled.isEmpty()) {
            graph.addListeners(logits);
            if (!isPlain) {
                ((LossLayer) graph.getOutputLayer(0).conf().getLayer()).setLossFn(focal);
            }
        }
    }

    @Override
    public Steps epoch(ImageBatches batches, Position from) {
        return new PrefetchedSteps(batches, from, this::step);
    }

    /**
     * One step on a batch: forward, backward, update.
     *
     * @param batch whose images may change
     * @param epoch from 0
     * @param iteration steps of the run before this one
     */
    public Step step(Batch batch, int epoch, long iteration) {
        Step step = gradient(batch, epoch, iteration);
        update(batch.size(), iteration);
        return step;
    }

    /**
     * The first half of a step: forward and backward, which leave the {@link #gradient()}.
     *
     * @param batch whose images may change
     * @param epoch from 0
     * @param iteration steps of the run before this one
     */
    public Step gradient(Batch batch, int epoch, long iteration) {
        INDArray labels = mixing.apply(batch, weights.classes(), iteration);
        Optional<BatchOrder.WithoutLearnt> records = learnt.filter(order -> order.records(epoch));
        float[] certainty = new float[records.isPresent() ? batch.size() : 0];
        Step step = compiled.isPresent()
                ? compiled(compiled.get(), batch, labels, certainty)
                : layers(batch, labels, epoch, iteration, certainty);
        records.ifPresent(order -> order.record((int) (iteration % batchesPerEpoch) * batchSize, certainty));
        return step;
    }

    /**
     * The second half: changes the weights by what is in the {@link #gradient()}.
     *
     * @param images of the batch
     * @param iteration steps of the run before this one
     */
    public void update(int images, long iteration) {
        update.take(images, iteration);
        graph.getConfiguration().setIterationCount(Math.toIntExact(iteration + 1));
    }

    /** A live view of the gradient of the summed loss, and of what is to be subtracted from running statistics. */
    public INDArray gradient() {
        return graph.getFlattenedGradients();
    }

    /** Makes what is to be subtracted from running statistics a share of it, since it does not grow with the images. */
    public void scaleStatistics(double share) {
        update.scaleStatistics(share);
    }

    /** A live view of the weights, running statistics included. */
    public INDArray parameters() {
        return graph.params();
    }

    private Step compiled(BatchGradient gradient, Batch batch, INDArray labels, float... certainty) {
        BatchGradient.Loss plain = isPlain ? BatchGradient.Loss.CROSS_ENTROPY : focal.weighted(weights.of(batch));
        BatchGradient.Loss loss = certainty.length == 0
                ? plain
                : (numbers, ofBatch, from, classes) -> {
                    for (int i = 0; i < numbers.length; i += classes) {
                        int image = (from + i) / classes;
                        certainty[image] = certainty(Arrays.copyOfRange(numbers, i, i + classes), batch.label(image));
                    }
                    return plain.replace(numbers, ofBatch, from, classes);
                };
        BatchGradient.Outcome outcome = gradient.of(batch.images(), labels, loss);
        return new Step(outcome.loss(), outcome.hits(), batch.size());
    }

    /** The probability of a class by its logits. */
    private static float certainty(float[] logits, int label) {
        double others = 0;
        for (float logit : logits) {
            others += Math.exp((double) logit - logits[label]);
        }
        return (float) (1 / others);
    }

    private Step layers(Batch batch, INDArray labels, int epoch, long iteration, float... certainty) {
        // Layers that drop at random look these up.
        graph.getConfiguration().setEpochCount(epoch);
        graph.getConfiguration().setIterationCount(Math.toIntExact(iteration));
        logits.labels = labels;
        logits.keepsRows = certainty.length > 0;
        graph.setInput(0, batch.images());
        graph.setLabel(0, weights.apply(labels, batch));
        graph.computeGradientAndScore();
        graph.clearLayersStates();
        for (int i = 0; i < certainty.length; i++) {
            certainty[i] = certainty(logits.rows[i], batch.label(i));
        }
        return new Step(graph.score(), logits.hits, batch.size());
    }

    @Override
    public double learningRate(long iteration) {
        return update.rate(iteration);
    }

    @Override
    public INDArray probabilities(INDArray images) {
        return network.probabilities(images);
    }

    /** Live views. */
    @Override
    public Map<String, INDArray> state() {
        Map<String, INDArray> arrays = new TreeMap<>();
        update.state().forEach((name, array) -> arrays.put("step." + name, array));
        arrays.put("parameters", graph.params());
        learnt.ifPresent(order -> arrays.put("certainty", order.certainty()));
        return arrays;
    }

    @Override
    public void restore(Consumer<Map<String, INDArray>> assign) {
        assign.accept(state());
    }

    @Override
    public boolean hasFiniteWeights() {
        // One pass without a copy: a NaN or an infinity anywhere makes the sum one.
        return Double.isFinite(graph.params().sumNumber().doubleValue());
    }

    @Override
    public boolean averagesWeights() {
        return update.average().isPresent();
    }

    @Override
    public <T> T withAveragedWeights(Supplier<T> action) {
        return update.average().isPresent() ? update.average().get().within(action) : action.get();
    }

    @Override
    public void updateNetwork() {
        // It has them.
    }

    @Override
    public void useAveragedWeights() {
        update.average().ifPresent(WeightAverage::use);
    }

    @Override
    public void close() {
        // The arrays are the garbage collector's.
    }

    /** Counts the hits of a step's own forward pass, so that training accuracy costs no second one, and keeps its logits. */
    private static final class LogitsListener extends BaseTrainingListener {
        private @Nullable INDArray labels;
        /** Whether the logits are wanted, too. */
        private boolean keepsRows;

        private float[][] rows = new float[0][];
        private long hits;

        @Override
        public void onForwardPass(Model model, Map<String, INDArray> activations) {
            INDArray logits = activations.get(VertexPaths.DENSE);
            if (logits == null) {
                throw new IllegalStateException(
                        "the network has no vertex " + VertexPaths.DENSE + ", only " + activations.keySet());
            }
            rows = keepsRows ? logits.toFloatMatrix() : rows;
            hits = ScoreSum.hits(logits, Objects.requireNonNull(labels));
        }
    }
}
