package io.residual.training.loop;

import io.residual.core.ResNetSpec;
import io.residual.data.Batch;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.LastBatch;
import io.residual.data.Prefetch;
import io.residual.data.Split;
import io.residual.data.augment.Augmenter;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.optim.LabelWeights;
import io.residual.training.run.DataSources;
import io.residual.training.run.ModelFiles;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What making and augmenting batches costs: images a second of presets that are fed as {@link TrainingLoop} feeds them, against
 * one batch that is there already, in turn. Not a test: run it on a quiet machine.
 *
 * <p>Arguments: names of presets; {@code resnet20} and {@code speedrun} if there are none. From the top of the project:
 * {@code mvn -q test-compile exec:exec -pl training -am -Dexec.classpathScope=test
 * -Dmain.class=io.residual.training.loop.AugmentationCost}.
 */
final class AugmentationCost {
    private static final int ROUNDS = 7;
    private static final double SECONDS = 6;
    private static final int WARM_UP = 20;

    private final TrainingSpec spec;
    private final ImageSet images;
    private final GraphExecutor step;
    private long iteration;

    private AugmentationCost(TrainingSpec spec) {
        this.spec = spec;
        this.images = DataSources.find(spec.data()).open(Split.TRAIN, spec.seed());
        ResNetSpec resNet = spec.resNet(images.channels(), images.classNames().size());
        Network network = ModelFiles.initial(spec, resNet, KernelChoice.AUTO.resolve());
        this.step = new GraphExecutor(
                network, spec, LabelWeights.equal(images.classNames().size()), images.size() / batchSize());
    }

    private int batchSize() {
        return spec.optimisation().batchSize();
    }

    public static void main(String[] args) {
        var presets = args.length == 0 ? List.of("resnet20", "speedrun") : List.of(args);
        for (var preset : presets) {
            new AugmentationCost(Preset.resolve(preset, Map.of()).spec()).measure(preset);
        }
    }

    private void measure(String preset) {
        var ratios = new double[ROUNDS];
        var fixed = new double[ROUNDS];
        var fed = new double[ROUNDS];
        rateFixed(WARM_UP);
        int steps = (int) Math.ceil(SECONDS * rateFixed(WARM_UP) / batchSize());
        rateFed(WARM_UP);
        for (int round = 0; round < ROUNDS; round++) {
            if (round % 2 == 0) {
                fixed[round] = rateFixed(steps);
                fed[round] = rateFed(steps);
            } else {
                fed[round] = rateFed(steps);
                fixed[round] = rateFixed(steps);
            }
            ratios[round] = fed[round] / fixed[round];
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %.0f images/s on one batch, %.0f fed and augmented: %.3f of it (median of %d rounds, %.3f to"
                        + " %.3f)%n",
                preset,
                median(fixed),
                median(fed),
                median(ratios),
                ROUNDS,
                Arrays.stream(ratios).min().orElseThrow(),
                Arrays.stream(ratios).max().orElseThrow());
    }

    private double rateFixed(int steps) {
        var one = batches(Augmenter.NONE).next();
        int[] labels = IntStream.range(0, one.size()).map(one::label).toArray();
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            try (var copy = new Batch(one.images().dup(), labels)) {
                step.step(copy, 0, iteration++);
            }
        }
        return rate(steps, start);
    }

    /** With the start of the thread that makes the batches, which every epoch pays for. */
    private double rateFed(int steps) {
        long start = System.nanoTime();
        try (var prefetch =
                new Prefetch(batches(spec.data().augmentation().augmenter(spec.seed())), TrainingLoop.BATCHES_AHEAD)) {
            for (int i = 0; i < steps; i++) {
                try (var batch = prefetch.next()) {
                    step.step(batch, 0, iteration++);
                }
            }
        }
        return rate(steps, start);
    }

    private ImageBatches batches(Augmenter augmenter) {
        InputForm form = spec.data().input();
        return new ImageBatches(
                images, batchSize(), form, new BatchOrder.Shuffled(spec.seed()), LastBatch.DROP, augmenter);
    }

    private double rate(int steps, long start) {
        return steps * batchSize() / ((System.nanoTime() - start) / 1e9);
    }

    private static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
