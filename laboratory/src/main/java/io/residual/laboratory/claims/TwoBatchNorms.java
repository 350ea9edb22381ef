package io.residual.laboratory.claims;

import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Claim;
import io.residual.laboratory.experiments.Criterion;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.Results;
import io.residual.laboratory.experiments.training.Probe;
import io.residual.laboratory.experiments.training.Training;
import io.residual.laboratory.experiments.training.TrainingData;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.report.chart.Axis;
import io.residual.report.chart.BarChart;
import io.residual.report.chart.Chart;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Claim 4: what the two batch norms of each block learn. */
public record TwoBatchNorms(int epochs, TrainingData material, int seeds) implements Experiment {
    private static final String ARM = "ResNet-18";
    private static final String DIFFERENCE = "difference.";
    /** Far from 0, the distance of a shared layer, and from the root of 2, that of unrelated layers of equal size. */
    private static final double APART = 0.5;

    static TwoBatchNorms of(Budget budget) {
        return switch (budget) {
            case MINUTES -> new TwoBatchNorms(3, TrainingData.of(4000, 1000), 3);
            case HOURS -> new TwoBatchNorms(8, TrainingData.of(20_000, 5000), 5);
            case FULL -> new TwoBatchNorms(10, TrainingData.of(55_000, 5000), 5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                4,
                "The two batch norms of a block have parameters of their own.",
                "Make a batch norm for each place: one layer that is used twice would force two places to agree.",
                "Sharing one batch norm between two places would lose little here.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "The book's ResNet-18 of width 16 after %d epochs of %,d images. Both batch norms of a block start with scale 1 and"
                        + " shift 0. Their distance is given as a share of what they learnt: 0 if they are the same, 1.41 if what they"
                        + " learnt is unrelated and of equal size.",
                epochs,
                material.images());
    }

    @Override
    public List<Arm> arms() {
        return List.of(
                new Arm(ARM, Training.of(Recipe.book(epochs).spec(), material).with(Probe.BATCH_NORMS)));
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                Criterion.primary("distance of the two most similar batch norms of a block", "of what they learnt")
                        .above(
                                APART,
                                (r, seed) -> Collections.min(
                                        r.of(ARM, seed).measuresOf(DIFFERENCE).values())),
                Criterion.secondary("mean distance over the blocks", "of what they learnt")
                        .above(
                                APART,
                                (r, seed) -> r.of(ARM, seed).measuresOf(DIFFERENCE).values().stream()
                                        .mapToDouble(d -> d)
                                        .average()
                                        .orElseThrow()));
    }

    @Override
    public List<Chart> charts(Results results) {
        TrainingResult first = results.of(ARM, results.seeds().get(0));
        List<String> blocks = List.copyOf(first.measuresOf(DIFFERENCE).keySet());
        return List.of(new BarChart(
                "Distance of the two batch norms of each block",
                "Mean over seeds; whiskers span the lowest seed to the highest. A shared layer would have 0.",
                Axis.linear("root mean square distance, as a share of what both learnt"),
                blocks,
                List.of(new BarChart.Bars(
                        "distance",
                        blocks.stream()
                                .map(block -> Curves.bar(results, ARM, result -> result.measure(DIFFERENCE + block)))
                                .toList()))));
    }
}
