package io.residual.spark.training;

import io.residual.data.ImageBatches;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.Position;
import io.residual.training.loop.StepExecutor;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains in rounds: the workers start from what this process has, which then updates the weights by the sum of their
 * gradients, or takes the mean of their states. Between rounds everything is as if this process had taken the steps: it
 * validates, and saves checkpoints.
 */
final class ClusterExecutor implements StepExecutor {
    private final GraphExecutor local;
    private final Workers workers;
    private final int count;
    private final int averageEvery;

    /**
     * Prepares the steps of a run.
     *
     * @param count of the workers
     * @param averageEvery steps of a round, but for the last of an epoch, which may have fewer; gradients are added up where
     *     it is 1
     */
    ClusterExecutor(GraphExecutor local, Workers workers, int count, int averageEvery) {
        this.local = local;
        this.workers = workers;
        this.count = count;
        this.averageEvery = averageEvery;
    }

    @Override
    public Steps epoch(ImageBatches batches, Position from) {
        return new Rounds(batches.batches(), from);
    }

    private final class Rounds implements Steps {
        private final int perEpoch;
        private final int epoch;
        private final long before;
        private int next;

        Rounds(int perEpoch, Position from) {
            this.perEpoch = perEpoch;
            this.epoch = from.epochs();
            this.before = from.iterations() - from.steps();
            this.next = from.steps();
        }

        @Override
        public boolean hasNext() {
            return next < perEpoch;
        }

        @Override
        public List<Step> next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the epoch is over");
            }
            // Rounds end at the same steps wherever an epoch was resumed.
            int end = Math.min(perEpoch, (next / averageEvery + 1) * averageEvery);
            Round.Exchange exchange = averageEvery == 1 ? Round.Exchange.GRADIENTS : Round.Exchange.STATES;
            List<Step> steps = take(new Round(exchange, epoch, next, before + next, end - next, count));
            next = end;
            return steps;
        }

        @Override
        public void close() {
            // No round is under way.
        }
    }

    private List<Step> take(Round round) {
        boolean gradients = round.exchange() == Round.Exchange.GRADIENTS;
        List<WorkerResult> results =
                workers.take(round, gradients ? FlatState.of(local.parameters()) : FlatState.of(local));
        List<Step> steps = Averaging.steps(results);
        if (gradients) {
            FlatState.restore(local.gradient(), Averaging.gradients(results));
            local.update(steps.get(0).images(), round.iteration());
        } else {
            FlatState.restore(local, Averaging.states(results));
        }
        return steps;
    }

    @Override
    public double learningRate(long iteration) {
        return local.learningRate(iteration);
    }

    @Override
    public INDArray probabilities(INDArray images) {
        return local.probabilities(images);
    }

    @Override
    public Optional<float[][]> probabilities(ImageBatches batches, BooleanSupplier stop) {
        return local.probabilities(batches, stop);
    }

    @Override
    public Map<String, INDArray> state() {
        return local.state();
    }

    @Override
    public void restore(Consumer<Map<String, INDArray>> assign) {
        local.restore(assign);
    }

    @Override
    public boolean hasFiniteWeights() {
        return local.hasFiniteWeights();
    }

    @Override
    public boolean averagesWeights() {
        return local.averagesWeights();
    }

    @Override
    public <T> T withAveragedWeights(Supplier<T> action) {
        return local.withAveragedWeights(action);
    }

    @Override
    public void updateNetwork() {
        local.updateNetwork();
    }

    @Override
    public void useAveragedWeights() {
        local.useAveragedWeights();
    }

    @Override
    public void close() {
        workers.close();
        local.close();
    }
}
