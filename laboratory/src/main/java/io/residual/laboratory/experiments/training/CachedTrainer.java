package io.residual.laboratory.experiments.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.laboratory.experiments.training.Probe.ProbeTarget;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EpochMetrics;
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

/** Does trainings one after the other in this process, and none twice: results are stored. */
public final class CachedTrainer {
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

    /** The stored result of a training, if it was done before. */
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
     * Trains, measures, and saves the result. Divergence is a result.
     *
     * @param stop asked after every step
     * @return empty if it was stopped
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
        ProbeTarget target = new ProbeTarget(network, spec, images);
        SortedMap<String, Double> measures = new TreeMap<>(training.probe().afterEpoch(target, 0));
        List<TrainingResult.EpochResult> epochs = new ArrayList<>();
        int imagesPerEpoch = target.training().imagesPerEpoch();
        TrainingListener recorder = new TrainingListener() {
            @Override
            public void epochDone(Position at, EpochMetrics metrics) {
                epochs.add(TrainingResult.EpochResult.of(metrics, imagesPerEpoch));
                measures.putAll(training.probe().afterEpoch(target, epochs.size()));
            }
        };
        String divergence = "";
        try {
            if (!train(target, recorder, stop)) {
                return Optional.empty();
            }
            measures.putAll(training.probe().after(target));
        } catch (ResidualException e) {
            if (e.kind() != Kind.DIVERGED) {
                throw e;
            }
            divergence = String.valueOf(e.getMessage());
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
                divergence,
                measures,
                (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1));
        store.save(result);
        return Optional.of(result);
    }

    private static boolean train(ProbeTarget target, TrainingListener recorder, BooleanSupplier stop) {
        SampledImages images = target.images();
        int planned = target.spec().optimisation().epochs();
        return TrainingLoop.of(target.network(), target.spec(), images.training(), images.heldOut())
                        .train(Position.START, planned, recorder, stop)
                        .epochs()
                == planned;
    }
}
