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
 */
public record LayerwiseRates(int depth, List<Double> factors, int epochs, TrainingData material, int seeds)
        implements Experiment {
    private static final int WIDTH = 8;
    private static final double NEAR = 0.01;
    /** If more of the factors than this are good, tuning is not hard. */
    private static final double MAX_GOOD = 0.5;
    /** A share that matters. */
    private static final double LOST = 0.01;

    private static final double EQUAL = 1;
    private static final String RESIDUAL = "residual";

    public LayerwiseRates {
        factors = List.copyOf(factors);
        if (factors.size() < 2 || factors.get(factors.size() - 1) != EQUAL) {
            throw new IllegalArgumentException("factors must end with 1 and have others before, got " + factors);
        }
    }

    static LayerwiseRates of(Budget budget) {
        return switch (budget) {
            case MINUTES ->
                new LayerwiseRates(20, List.of(0.5, 0.7, 0.85, 0.95, 1.0), 3, TrainingData.of(3000, 2000), 3);
            case HOURS ->
                new LayerwiseRates(20, List.of(0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0), 6, TrainingData.of(10_000, 5000), 4);
            case FULL ->
                new LayerwiseRates(
                        56, List.of(0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0), 20, TrainingData.of(55_000, 5000), 5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                9,
                "A larger learning rate near the input and a smaller one near the output helps but is hard to tune; in 16-bit"
                        + " floating point small gradients underflow to zero, and make the problem worse.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "A plain net of depth %d and width %d, %d epochs of %,d images, whose learning rate is multiplied by a factor from each"
                        + " block to the next: %s. It helps if the factor that is best for the other seeds is better than 1 for a seed;"
                        + " it is hard to tune if fewer than half of the factors come within one point of the best. The residual twin"
                        + " has the same rate everywhere. Gradients of the plain net's convolutions at initialisation are rounded to"
                        + " IEEE's 16 bits.",
                depth,
                WIDTH,
                epochs,
                material.images(),
                factors);
    }

    private static String name(double factor) {
        return "plain, factor " + factor;
    }

    @Override
    public List<Arm> arms() {
        List<Arm> arms = new ArrayList<>();
        factors.forEach(factor -> arms.add(new Arm(name(factor), training("none", factor))));
        arms.add(new Arm(RESIDUAL, training("residual", EQUAL)));
        return arms;
    }

    private Training training(String shortcuts, double factor) {
        Training training = Training.of(
                Recipe.small(depth, shortcuts, WIDTH, epochs)
                        .with("rateFactor", factor)
                        .spec(),
                material);
        return factor == EQUAL ? training.with(Probe.GRADIENTS) : training;
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
                Criterion.primary("plain net: values of the gradient that 16 bits round to 0", "share")
                        .above(LOST, (r, seed) -> r.of(name(EQUAL), seed).measure("start.lost")),
                Criterion.secondary("the same with a loss multiplied by 1024", "share")
                        .below(LOST, (r, seed) -> r.of(name(EQUAL), seed).measure("start.lostScaled")),
                Criterion.secondary(
                                "residual net minus the plain net with the factor that is best for the other seeds, validation accuracy",
                                "points")
                        .above(
                                0,
                                (r, seed) -> 100
                                        * (r.of(RESIDUAL, seed).accuracy()
                                                - accuracy(r, bestForOthers(r, seed), seed))));
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
                        "Share of the gradient's values, exact zeros excluded, at initialisation, mean over seeds.",
                        Axis.linear("share of values"),
                        List.of("rounded to 0", "rounded to 0, loss x 1024", "subnormal or 0"),
                        Stream.of(name(EQUAL), RESIDUAL)
                                .map(arm -> new BarChart.Bars(arm, lost(results, arm)))
                                .toList()));
    }

    private static List<BarChart.Bar> lost(Results results, String arm) {
        return Stream.of("start.lost", "start.lostScaled", "start.subnormal")
                .map(name -> BarChart.Bar.of(results.mean(arm, result -> result.measure(name))))
                .toList();
    }
}
