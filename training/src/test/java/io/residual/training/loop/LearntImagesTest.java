package io.residual.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.data.idx.IdxSource;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is recorded of the images in the epoch before the last. */
class LearntImagesTest {
    private static final int BATCH = 128;

    private final ImageSet images = IdxSource.sample().open(Split.TRAIN, StratifiedSplit.SEED);

    static Stream<ComputeKernels> kernels() {
        return Stream.of(ComputeKernels.STOCK, KernelChoice.AUTO.resolve()).distinct();
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void the_probabilities_of_labels_are_those_that_the_losses_of_the_steps_are_made_of(ComputeKernels kernels) {
        TrainingSpec spec = spec();
        ImageBatches batches = TrainingLoop.batches(spec, images);
        GraphExecutor executor = executor(spec, batches, kernels);
        float[] unknown = certainty(executor);
        steps(executor, batches, 0);
        assertThat(certainty(executor)).as("the first epoch").isEqualTo(unknown).containsOnly(0);

        double[] losses = steps(executor, batches, 1);
        float[] known = certainty(executor);
        int[] order = new BatchOrder.Shuffled(spec.seed()).indices(images.size(), 1);
        for (int step = 0; step < losses.length; step++) {
            int end = Math.min(images.size(), (step + 1) * BATCH);
            double sum = 0;
            for (int i = step * BATCH; i < end; i++) {
                sum -= Math.log(known[order[i]]);
            }
            assertThat(losses[step]).as("step " + step).isCloseTo(sum / (end - step * BATCH), within(1e-4));
        }
        assertThat(losses).hasSizeGreaterThan(3);

        steps(executor, batches, 2);
        assertThat(certainty(executor)).as("after the last epoch").isEqualTo(known);
    }

    private static double[] steps(GraphExecutor executor, ImageBatches batches, int epoch) {
        double[] losses = new double[batches.batches()];
        batches.epoch(epoch);
        for (int step = 0; step < losses.length; step++) {
            losses[step] = executor.step(batches.next(), epoch, (long) epoch * losses.length + step)
                    .loss();
        }
        return losses;
    }

    private static float[] certainty(GraphExecutor executor) {
        return Objects.requireNonNull(executor.state().get("certainty")).toFloatVector();
    }

    private static GraphExecutor executor(TrainingSpec spec, ImageBatches batches, ComputeKernels kernels) {
        return GraphExecutor.of(Network.initial(spec.resNet(1, 10), spec.seed(), kernels), spec, batches);
    }

    private static TrainingSpec spec() {
        return Preset.resolve(
                        "quick",
                        Map.of("skipLearnt", "0.4", "epochs", "3", "width", "2", "batchSize", String.valueOf(BATCH)))
                .spec();
    }
}
