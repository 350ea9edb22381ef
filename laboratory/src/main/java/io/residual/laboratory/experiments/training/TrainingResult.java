package io.residual.laboratory.experiments.training;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.Versions;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The stored result of a training.
 *
 * @param format of the file, {@value #FORMAT}
 * @param key see {@link Training#key}
 * @param spec as YAML, ready for {@code ./residual train --preset}
 * @param classes of the data, at least 2
 * @param dataSha256 digests of the data's files, by name
 * @param kernels in words
 * @param epochs that are over, the first one first
 * @param divergence how it diverged; empty if it did not
 * @param measures of the probe, by name
 * @param seconds that it took, measures included
 */
public record TrainingResult(
        int format,
        String key,
        Model model,
        String spec,
        TrainingData material,
        Probe probe,
        int classes,
        SortedMap<String, String> dataSha256,
        String kernels,
        Versions versions,
        List<EpochResult> epochs,
        String divergence,
        SortedMap<String, Double> measures,
        double seconds) {
    static final int FORMAT = 1;

    /**
     * The result of an epoch; losses in nats, accuracies in [0, 1].
     *
     * @param trainLoss of the epoch's steps, while the weights changed
     * @param trainAccuracy of the same
     * @param heldOutLoss after the epoch
     * @param heldOutAccuracy after the epoch
     * @param trainingSeconds of the steps alone
     */
    public record EpochResult(
            double trainLoss,
            double trainAccuracy,
            double heldOutLoss,
            double heldOutAccuracy,
            double trainingSeconds) {
        static EpochResult of(EpochMetrics epoch, int images) {
            return new EpochResult(
                    epoch.trainLoss(),
                    epoch.trainAccuracy(),
                    epoch.validationLoss(),
                    epoch.validationAccuracy(),
                    images / epoch.imagesPerSecond());
        }
    }

    public TrainingResult {
        if (format != FORMAT) {
            throw new IllegalArgumentException("format " + format + " is not read, only format " + FORMAT);
        }
        if (epochs.isEmpty() && divergence.isEmpty()) {
            throw new IllegalArgumentException("a training without epochs that did not diverge");
        }
        epochs = List.copyOf(epochs);
        dataSha256 = Collections.unmodifiableSortedMap(new TreeMap<>(dataSha256));
        measures = Collections.unmodifiableSortedMap(new TreeMap<>(measures));
    }

    /** Whether the loss or a weight became infinite, or the loss stayed high. */
    public boolean diverged() {
        return !divergence.isEmpty();
    }

    /** Accuracy on the held-out images after the last epoch; that of guessing if it diverged. */
    public double accuracy() {
        return diverged() ? 1.0 / classes : last().heldOutAccuracy();
    }

    /** Accuracy of the last epoch's steps; that of guessing if it diverged. */
    public double trainAccuracy() {
        return diverged() ? 1.0 / classes : last().trainAccuracy();
    }

    /** Mean loss of the last epoch's steps; that of guessing if it diverged. */
    public double trainLoss() {
        return diverged() ? Math.log(classes) : last().trainLoss();
    }

    /** Seconds of all steps that are over. */
    public double trainingSeconds() {
        return epochs.stream().mapToDouble(EpochResult::trainingSeconds).sum();
    }

    /**
     * A measure of the probe.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public double measure(String name) {
        Double value = measures.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no measure " + name + " among " + measures.keySet());
        }
        return value;
    }

    private EpochResult last() {
        return epochs.get(epochs.size() - 1);
    }

    /** The measures whose names start with a prefix, by the rest of their names. */
    public SortedMap<String, Double> measuresOf(String prefix) {
        SortedMap<String, Double> found = new TreeMap<>();
        Map<String, Double> tail = measures.tailMap(prefix);
        tail.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }
}
