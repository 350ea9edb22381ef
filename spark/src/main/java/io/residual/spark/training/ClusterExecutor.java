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
 * Trains in rounds: the workers take steps from the state that this process has, which is then the mean of theirs. Between
 * rounds everything is as if this process had taken the steps: it validates, and saves checkpoints.
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
     * @param averageEvery steps of a round, but for the last of an epoch, which may have fewer
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
        private float[] state = FlatState.of(local);
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
            List<WorkerResult> results = workers.take(new Round(epoch, next, before + next, end - next, count), state);
            state = Averaging.state(results);
            FlatState.restore(local, state);
            next = end;
            return Averaging.steps(results);
        }

        @Override
        public void close() {
            // No round is under way.
        }
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
