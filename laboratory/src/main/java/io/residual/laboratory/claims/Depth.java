package io.residual.laboratory.claims;

import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Claim;
import io.residual.laboratory.experiments.Criterion;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.Results;
import io.residual.laboratory.experiments.training.Training;
import io.residual.laboratory.experiments.training.TrainingData;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Chart;
import io.residual.report.chart.Layer;
import io.residual.report.chart.Plot;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Claim 1: plain and residual networks of several depths (He et al. 2015, figure 6).
 *
 * @param depths of the form 6n + 2, rising
 * @param reference one of them, but the last, that the last is compared with
 * @param epochs at least 1
 * @param material images
 * @param seeds at least 1
 */
public record Depth(List<Integer> depths, int reference, int epochs, TrainingData material, int seeds)
        implements Experiment {
    private static final int WIDTH = 8;
    /** Points that a deeper network may lose without counting as worse. */
    private static final double MARGIN = 2;

    private static final List<String> TWINS = List.of("plain", "residual");

    public Depth {
        depths = List.copyOf(depths);
        if (depths.indexOf(reference) < 0 || depths.indexOf(reference) == depths.size() - 1) {
            throw new IllegalArgumentException(reference + " must be one of " + depths + " before the last");
        }
    }

    /** The networks of the claim in a budget. */
    public static Depth of(Budget budget) {
        return switch (budget) {
            case MINUTES -> new Depth(List.of(8, 20, 44), 20, 4, TrainingData.of(5000, 2000), 3);
            case HOURS -> new Depth(List.of(8, 14, 20, 32, 56), 20, 6, TrainingData.of(20_000, 5000), 3);
            case FULL -> new Depth(List.of(8, 14, 20, 32, 44, 56, 110), 20, 20, TrainingData.of(55_000, 5000), 5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                1,
                "A deeper net that contains a smaller one should not get worse; without shortcuts it does, with them it does"
                        + " not.",
                "Give a deep network shortcuts: more layers cost accuracy without them, and none with them.",
                "Depth alone decides nothing here: shortcuts can be left out, or do not keep a deep network's accuracy.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "Networks of He et al. 2015 for small images, of width %d and depths %s, with and without shortcuts, trained for"
                        + " %d epochs of %,d images and evaluated on validation images. Twins share seeds, initial weights and"
                        + " batches.",
                WIDTH,
                depths,
                epochs,
                material.images());
    }

    private static String name(String twin, int depth) {
        return twin + "-" + depth;
    }

    @Override
    public List<Arm> arms() {
        return depths.stream()
                .flatMap(depth -> TWINS.stream().map(twin -> new Arm(name(twin, depth), training(twin, depth))))
                .toList();
    }

    private Training training(String twin, int depth) {
        String shortcuts = twin.equals("plain") ? "none" : "residual";
        return Training.of(Recipe.small(depth, shortcuts, WIDTH, epochs).spec(), material);
    }

    private int deepest() {
        return depths.get(depths.size() - 1);
    }

    @Override
    public List<Criterion> criteria() {
        String pair = "-" + deepest() + " minus TWIN-" + reference;
        return List.of(
                Criterion.primary("plain" + pair.replace("TWIN", "plain") + ", validation accuracy", "points")
                        .below(0, (r, seed) -> 100 * gain(r, "plain", seed, TrainingResult::accuracy)),
                Criterion.primary("residual" + pair.replace("TWIN", "residual") + ", validation accuracy", "points")
                        .above(-MARGIN, (r, seed) -> 100 * gain(r, "residual", seed, TrainingResult::accuracy)),
                Criterion.secondary("cost of depth, plain net minus residual net, validation accuracy", "points")
                        .above(
                                0,
                                (r, seed) -> 100
                                        * (gain(r, "residual", seed, TrainingResult::accuracy)
                                                - gain(r, "plain", seed, TrainingResult::accuracy))),
                Criterion.secondary(
                                "plain" + pair.replace("TWIN", "plain") + ", training loss (not overfitting)", "nats")
                        .above(0, (r, seed) -> gain(r, "plain", seed, TrainingResult::trainLoss)));
    }

    private double gain(Results results, String twin, long seed, ToDoubleFunction<TrainingResult> value) {
        return value.applyAsDouble(results.of(name(twin, deepest()), seed))
                - value.applyAsDouble(results.of(name(twin, reference), seed));
    }

    @Override
    public List<Chart> charts(Results results) {
        return List.of(
                Plot.of(
                        "Validation accuracy by depth",
                        "Mean over seeds of the accuracy on images that were not trained on; the bands span the lowest seed"
                                + " to the highest.",
                        Axis.linear("weighted layers"),
                        Axis.linear("validation accuracy"),
                        layers(results, TrainingResult::accuracy)),
                Plot.of(
                        "Training loss by depth",
                        "Mean loss of the last epoch's steps: if it is higher for a deeper network, that network does not overfit: it does"
                                + " not learn.",
                        Axis.linear("weighted layers"),
                        Axis.linear("training loss, nats"),
                        layers(results, TrainingResult::trainLoss)));
    }

    private List<Layer> layers(Results results, ToDoubleFunction<TrainingResult> value) {
        return TWINS.stream()
                .flatMap(twin -> Curves.of(twin, depths, depth -> name(twin, depth), results, value).stream())
                .toList();
    }
}
