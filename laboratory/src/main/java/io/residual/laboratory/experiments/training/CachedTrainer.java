package io.residual.laboratory.experiments.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.BatchOrder;
import io.residual.data.DataSource;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.GraphNetwork;
import io.residual.training.run.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Where trainings are done, one after the other in this process, and none twice. */
public final class CachedTrainer {
    /** Inference keeps no activations, so larger batches cost little. */
    private static final int HELD_OUT_BATCH = 250;

    private final DataSource data;
    private final ComputeKernels kernels;
    private final ResultStore store;
    private final SortedMap<String, String> digests;

    /**
     * A bench with one source of images.
     *
     * @throws ResidualException of kind BAD_DATA if they cannot be read
     */
    public CachedTrainer(DataSource data, ComputeKernels kernels, ResultStore store) {
        this.data = data;
        this.kernels = kernels;
        this.store = store;
        ImageSet training = data.open(Split.TRAIN, StratifiedSplit.SEED);
        this.digests = training.digests();
    }

    /** What was kept of a training, if it was done before. */
    public Optional<TrainingResult> find(Training training) {
        return store.find(key(training));
    }

    private String key(Training training) {
        return training.key(digests, describeKernels(training.spec()));
    }

    private String describeKernels(TrainingSpec spec) {
        return kernels.describe(spec.optimisation().precision());
    }

    /**
     * Trains, measures, and keeps the result. Divergence is a result.
     *
     * @param stop asked after every step
     * @return nothing if it was stopped
     */
    public Optional<TrainingResult> train(Training training, BooleanSupplier stop) {
        // Memory outside of the heap is freed with the objects that own it, and these are too small to make Java look
        // for them.
        System.gc();
        long start = System.nanoTime();
        TrainingSpec spec = training.spec();
        SampledImages images = SampledImages.of(data, training.material(), spec.seed());
        int classes = images.training().classNames().size();
        GraphNetwork network = training.model().begin(spec, images.training().channels(), classes, kernels);
        ProbeTarget subject = new ProbeTarget(
                network, TrainingLoop.batches(spec, images.training()), heldOutBatches(spec, images), images);
        SortedMap<String, Double> measures = new TreeMap<>(training.probe().before(subject));
        List<TrainingResult.EpochResult> epochs = new ArrayList<>();
        Optional<String> divergence = Optional.empty();
        try {
            if (!train(subject, spec, epochs, stop)) {
                return Optional.empty();
            }
            measures.putAll(training.probe().after(subject));
        } catch (ResidualException e) {
            if (e.kind() != Kind.DIVERGED) {
                throw e;
            }
            divergence = Optional.of(String.valueOf(e.getMessage()));
        }
        TrainingResult result = new TrainingResult(
                TrainingResult.FORMAT,
                key(training),
                training.model(),
                SpecFile.write(spec),
                training.material(),
                training.probe(),
                classes,
                digests,
                describeKernels(spec),
                Versions.current(),
                epochs,
                divergence.orElse(""),
                measures,
                (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1));
        store.save(result);
        return Optional.of(result);
    }

    private static boolean train(
            ProbeTarget subject, TrainingSpec spec, List<TrainingResult.EpochResult> epochs, BooleanSupplier stop) {
        ImageSet images = subject.images().training();
        TrainingLoop trainer = new TrainingLoop(
                new GraphExecutor(
                        subject.network(),
                        spec,
                        images.classNames().size(),
                        subject.training().batches()),
                subject.training(),
                subject.images().heldOut(),
                subject.heldOut());
        TrainingListener keeper = new TrainingListener() {
            @Override
            public void epochDone(Position at, EpochMetrics metrics) {
                epochs.add(TrainingResult.EpochResult.of(
                        metrics, subject.training().imagesPerEpoch()));
            }
        };
        Position end = trainer.train(Position.START, spec.optimisation().epochs(), keeper, stop);
        return end.epochs() == spec.optimisation().epochs();
    }

    private static ImageBatches heldOutBatches(TrainingSpec spec, SampledImages images) {
        return new ImageBatches(images.heldOut(), HELD_OUT_BATCH, spec.data().input(), new BatchOrder.Sequential());
    }
}
