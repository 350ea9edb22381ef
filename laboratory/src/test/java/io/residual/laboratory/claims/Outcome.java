package io.residual.laboratory.claims;

import io.residual.laboratory.experiments.Results;
import io.residual.laboratory.experiments.training.Model;
import io.residual.laboratory.experiments.training.Probe;
import io.residual.laboratory.experiments.training.TrainingData;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.training.run.Versions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The result of a training that never was: what an arm's criteria read of it, written by hand. */
record Outcome(
        double accuracy,
        double trainAccuracy,
        double trainLoss,
        double seconds,
        Map<String, Double> measures,
        boolean diverged) {
    static final int CLASSES = 10;

    static Outcome accuracy(double accuracy) {
        return new Outcome(accuracy, 0.9, 0.3, 60, Map.of(), false);
    }

    static Outcome trainLoss(double loss) {
        return accuracy(0.5).loss(loss);
    }

    static Outcome measures(Map<String, Double> measures) {
        return accuracy(0.5).measuring(measures);
    }

    Outcome training(double value) {
        return new Outcome(accuracy, value, trainLoss, seconds, measures, diverged);
    }

    Outcome loss(double value) {
        return new Outcome(accuracy, trainAccuracy, value, seconds, measures, diverged);
    }

    Outcome took(double value) {
        return new Outcome(accuracy, trainAccuracy, trainLoss, value, measures, diverged);
    }

    Outcome measuring(Map<String, Double> values) {
        return new Outcome(accuracy, trainAccuracy, trainLoss, seconds, values, diverged);
    }

    /** The same training, that ends as NaN before its first epoch is over. */
    Outcome diverging() {
        return new Outcome(accuracy, trainAccuracy, trainLoss, seconds, measures, true);
    }

    /** The same arms, some of them with other outcomes. */
    static Map<String, Outcome> changed(Map<String, Outcome> arms, Map<String, Outcome> others) {
        Map<String, Outcome> all = new LinkedHashMap<>(arms);
        all.putAll(others);
        if (all.size() != arms.size()) {
            throw new IllegalArgumentException("no such arms: " + others.keySet());
        }
        return all;
    }

    /** Results of seeds 1, 2 and so on, each with an outcome for every arm. */
    static Results seeds(List<Map<String, Outcome>> seeds) {
        Map<Long, Map<String, TrainingResult>> results = new LinkedHashMap<>();
        for (Map<String, Outcome> arms : seeds) {
            Map<String, TrainingResult> ofSeed = new LinkedHashMap<>();
            arms.forEach((name, outcome) -> ofSeed.put(name, outcome.result()));
            results.put(results.size() + 1L, ofSeed);
        }
        return new Results(results);
    }

    private TrainingResult result() {
        return new TrainingResult(
                1,
                "key",
                Model.RESNET,
                "spec",
                TrainingData.of(100, 100),
                Probe.NONE,
                CLASSES,
                new TreeMap<>(),
                "kernels",
                Versions.current(),
                diverged
                        ? List.of()
                        : List.of(new TrainingResult.EpochResult(trainLoss, trainAccuracy, 1.5, accuracy, seconds)),
                diverged ? "the loss is NaN" : "",
                new TreeMap<>(measures),
                seconds);
    }
}
