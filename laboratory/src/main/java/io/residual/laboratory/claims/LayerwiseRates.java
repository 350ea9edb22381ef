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
import io.residual.report.chart.BarChart;
import io.residual.report.chart.Chart;
import io.residual.report.chart.Plot;
import io.residual.report.chart.ReferenceLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Claim 9: learning rates that fall from each block to the next, and gradients in 16 bits.
 *
 * @param factors on the rate from each block to the next one nearer to the classes, rising, the last of them 1
 * @param flow whose networks, at initialisation, have the gradients that are rounded to 16 bits
 */
public record LayerwiseRates(
        int depth, List<Double> factors, int epochs, TrainingData material, GradientFlow flow, int seeds)
        implements Experiment {
    private static final int WIDTH = 8;
    private static final double NEAR = 0.01;
    /** If more of the factors than this are good, tuning is not hard. */
    private static final double MAX_GOOD = 0.5;
    /** A share that matters. */
    private static final double LOST = 0.01;

    private static final double EQUAL = 1;
    private static final String RESIDUAL = "residual";
    /** In front of the names of claim 8's arms. */
    private static final String GRADIENTS = "gradients: ";

    private static final String ROUNDED =
            " without batch norm, at initialisation: values of the gradient that 16 bits round to 0";

    private static final String BARE = "bare.lost";
    private static final String SCALED = "bare.lostScaled";
    private static final String WITH_BATCH_NORM = "epoch.0.lost";

    public LayerwiseRates {
        factors = List.copyOf(factors);
        if (factors.size() < 2 || factors.get(factors.size() - 1) != EQUAL) {
            throw new IllegalArgumentException("factors must end with 1 and have others before, got " + factors);
        }
    }

    static LayerwiseRates of(Budget budget) {
        return switch (budget) {
            case MINUTES ->
                new LayerwiseRates(
                        20,
                        List.of(0.5, 0.7, 0.85, 0.95, 1.0),
                        3,
                        TrainingData.of(3000, 2000),
                        GradientFlow.of(budget),
                        3);
            case HOURS ->
                new LayerwiseRates(
                        20,
                        List.of(0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
                        6,
                        TrainingData.of(10_000, 5000),
                        GradientFlow.of(budget),
                        4);
            case FULL ->
                new LayerwiseRates(
                        56,
                        List.of(0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0),
                        20,
                        TrainingData.of(55_000, 5000),
                        GradientFlow.of(budget),
                        5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                9,
                "A larger learning rate near the input and a smaller one near the output helps but is hard to tune; in 16-bit"
                        + " floating point small gradients underflow to zero, and make the problem worse.",
                "Rates that differ by layer are a way out that has to be tuned: take shortcuts, and scale the loss in 16 bits.",
                "Do not repair a deep plain network by rates that differ by layer: take shortcuts.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "A plain net of depth %d and width %d, %d epochs of %,d images, whose learning rate is multiplied by a factor from each"
                        + " block to the next: %s. It helps if the factor that is best for the other seeds is better than 1 for a seed;"
                        + " it is hard to tune if fewer than half of the factors come within one point of the best. The residual twin"
                        + " has the same rate everywhere. Gradients with respect to the convolutions of claim 8's networks, of %d and"
                        + " %d layers, are rounded to IEEE's 16 bits at initialisation, without their batch norms as in the notes, and"
                        + " with them, by which release 0.1 evaluated the claim.",
                depth,
                WIDTH,
                epochs,
                material.images(),
                factors,
                flow.shallow(),
                flow.depth());
    }

    private static String name(double factor) {
        return "plain, factor " + factor;
    }

    @Override
    public List<Arm> arms() {
        List<Arm> arms = new ArrayList<>();
        factors.forEach(factor -> arms.add(new Arm(name(factor), training("none", factor))));
        arms.add(new Arm(RESIDUAL, training("residual", EQUAL)));
        flow.arms().forEach(arm -> arms.add(new Arm(GRADIENTS + arm.name(), arm.training())));
        return arms;
    }

    private Training training(String shortcuts, double factor) {
        return Training.of(
                Recipe.small(depth, shortcuts, WIDTH, epochs)
                        .with("rateFactor", factor)
                        .spec(),
                material);
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                Criterion.primary(
                                "plain net: the factor that is best for the other seeds minus factor 1, validation accuracy",
                                "points")
                        .above(
                                0,
                                (r, seed) ->
                                        100 * (accuracy(r, bestForOthers(r, seed), seed) - accuracy(r, EQUAL, seed))),
                Criterion.primary("factors within one point of the best", "share")
                        .below(
                                MAX_GOOD,
                                (r, seed) -> GoodRange.share(
                                        factors.stream()
                                                .map(factor -> accuracy(r, factor, seed))
                                                .toList(),
                                        NEAR)),
                Criterion.primary("plain-" + flow.depth() + ROUNDED, "share")
                        .above(LOST, (r, seed) -> lost(r, seed, GradientFlow.PLAIN, BARE)),
                Criterion.secondary("the same minus that of plain-" + flow.shallow(), "share")
                        .above(
                                0,
                                (r, seed) -> lost(r, seed, GradientFlow.PLAIN, BARE)
                                        - lost(r, seed, GradientFlow.SHALLOW, BARE)),
                Criterion.secondary("residual-" + flow.depth() + ROUNDED, "share")
                        .below(LOST, (r, seed) -> lost(r, seed, GradientFlow.RESIDUAL, BARE)),
                Criterion.secondary("plain-" + flow.depth() + ", as above, with a loss multiplied by 1024", "share")
                        .below(LOST, (r, seed) -> lost(r, seed, GradientFlow.PLAIN, SCALED)),
                Criterion.secondary("plain-" + flow.depth() + ", as above, with batch norm", "share")
                        .above(LOST, (r, seed) -> lost(r, seed, GradientFlow.PLAIN, WITH_BATCH_NORM)),
                Criterion.secondary(
                                "residual net minus the plain net with the factor that is best for the other seeds, validation accuracy",
                                "points")
                        .above(
                                0,
                                (r, seed) -> 100
                                        * (r.of(RESIDUAL, seed).accuracy()
                                                - accuracy(r, bestForOthers(r, seed), seed))));
    }

    private static double lost(Results results, long seed, String network, String measure) {
        return results.of(GRADIENTS + network, seed).measure(measure);
    }

    private static double accuracy(Results results, double factor, long seed) {
        return results.of(name(factor), seed).accuracy();
    }

    /** Chosen on the other seeds, so that luck does not count as help; if there is no other seed, on the seed itself. */
    private double bestForOthers(Results results, long seed) {
        List<Long> others = results.seeds().size() == 1
                ? results.seeds()
                : results.seeds().stream().filter(other -> other != seed).toList();
        return factors.stream()
                .filter(factor -> factor != EQUAL)
                .max(Comparator.comparingDouble(factor -> others.stream()
                        .mapToDouble(other -> accuracy(results, factor, other))
                        .sum()))
                .orElseThrow();
    }

    @Override
    public List<Chart> charts(Results results) {
        return List.of(
                Plot.of(
                                "Validation accuracy by factor on the rate",
                                "Plain net: the rate of each block is that of the block before it times the factor; mean over seeds, the"
                                        + " band goes from the lowest seed to the highest.",
                                Axis.linear("factor from block to block"),
                                Axis.linear("validation accuracy"),
                                Curves.of("plain", factors, LayerwiseRates::name, results, TrainingResult::accuracy))
                        .with(ReferenceLine.horizontal(
                                results.mean(RESIDUAL, TrainingResult::accuracy), "residual, one rate for all")),
                new BarChart(
                        "Gradients that 16 bits cannot hold",
                        "Share of the gradient's values, exact zeros excluded, that IEEE's 16 bits round to 0 at initialisation, mean over"
                                + " seeds.",
                        Axis.linear("share of values"),
                        List.of("without batch norm", "without batch norm, loss x 1024", "with batch norm"),
                        flow.arms().stream()
                                .map(arm -> new BarChart.Bars(arm.name(), lost(results, arm)))
                                .toList()));
    }

    private static List<BarChart.Bar> lost(Results results, Arm arm) {
        return Stream.of(BARE, SCALED, WITH_BATCH_NORM)
                .map(name -> BarChart.Bar.of(results.mean(GRADIENTS + arm.name(), result -> result.measure(name))))
                .toList();
    }
}
