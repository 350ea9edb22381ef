package io.residual.laboratory.experiments.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.BatchOrder;
import io.residual.data.DataSource;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.LastBatch;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Position;
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
     * A trainer with one source of images.
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
        GraphNetwork network =
                training.model().initialise(spec, images.training().channels(), classes, kernels);
        ProbeTarget subject =
                new ProbeTarget(network, trainingBatches(spec, images), heldOutBatches(spec, images), images);
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
        TrainingLoop trainer = new TrainingLoop(
                subject.network(), spec, subject.training(), subject.images().heldOut(), subject.heldOut());
        TrainingLoop.Watcher keeper = new TrainingLoop.Watcher() {
            @Override
            public void epochDone(Position at, TrainingLoop.Epoch epoch) {
                epochs.add(TrainingResult.EpochResult.of(epoch));
            }
        };
        Position end = trainer.train(Position.START, spec.optimisation().epochs(), keeper, stop);
        return end.epochs() == spec.optimisation().epochs();
    }

    private static ImageBatches trainingBatches(TrainingSpec spec, SampledImages images) {
        int batch = Math.min(spec.optimisation().batchSize(), images.training().size());
        return new ImageBatches(
                images.training(),
                batch,
                spec.data().input(),
                new BatchOrder.Shuffled(spec.seed()),
                // A last batch of one image can leave batch norm a single value per channel.
                images.training().size() % batch == 1 ? LastBatch.DROP : LastBatch.KEEP,
                spec.data().augmentation().augmenter(spec.seed()));
    }

    private static ImageBatches heldOutBatches(TrainingSpec spec, SampledImages images) {
        return new ImageBatches(images.heldOut(), HELD_OUT_BATCH, spec.data().input(), new BatchOrder.Sequential());
    }
}
