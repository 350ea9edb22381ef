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
import io.residual.laboratory.experiments.training.TrainingData.EvaluationSplit;
import io.residual.report.chart.Axis;
import io.residual.report.chart.BarChart;
import io.residual.report.chart.Chart;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Claim 6: wrong labels, planted and not, and whether confident learning finds them.
 *
 * @param images that are drawn; each half of them is checked by a network that is trained on the other
 */
public record WrongLabels(int epochs, int images, int seeds) implements Experiment {
    private static final double PLANTED = 0.05;
    /** Precision over the share of wrong labels, which is the precision of guessing; above this the finder is of use. */
    private static final double LIFT = 5;

    private static final double MIN_RECALL = 0.5;
    private static final String NOISY = "with planted wrong labels";
    private static final String GIVEN = "as it is";
    private static final List<EvaluationSplit> HALVES =
            List.of(EvaluationSplit.FIRST_HALF, EvaluationSplit.SECOND_HALF);

    static WrongLabels of(Budget budget) {
        return switch (budget) {
            case MINUTES -> new WrongLabels(6, 8000, 3);
            case HOURS -> new WrongLabels(8, 30_000, 4);
            case FULL -> new WrongLabels(10, 55_000, 5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                6,
                "No data set is wholly right: some labels are wrong and some images are hard even for people; one looks for"
                        + " them.",
                "Look at the labels that a network doubts: most of the wrong ones are among few images.",
                "Labels that a network doubts are not wrong often enough to be worth looking at.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "The labels of %.0f %% of %,d images are replaced by wrong ones. A ResNet-18 of width 16 is trained on each half of"
                        + " them for %d epochs, and confident learning (Northcutt et al. 2021) flags labels of the other half. It is"
                        + " of use if its precision is at least %.0f times that of guessing, and its recall at least a half."
                        + " Labels that were wrong before count as mistakes of the finder. The original data, whose"
                        + " wrong labels nobody knows, is searched the same way.",
                100 * PLANTED,
                images,
                epochs,
                LIFT);
    }

    private static String name(String data, EvaluationSplit half) {
        return data + ", " + half.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    @Override
    public List<Arm> arms() {
        return Stream.of(NOISY, GIVEN)
                .flatMap(data -> HALVES.stream().map(half -> new Arm(name(data, half), training(data, half))))
                .toList();
    }

    private Training training(String data, EvaluationSplit half) {
        TrainingData material = new TrainingData(images, data.equals(NOISY) ? PLANTED : 0, half, images);
        return Training.of(Recipe.book(epochs).with("schedule", "cosine").spec(), material)
                .with(Probe.LABEL_ISSUES);
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                Criterion.primary("precision of the flagged labels over that of guessing", "times")
                        .above(
                                LIFT,
                                (r, seed) -> precision(r, seed)
                                        * sum(r, NOISY, "images", seed)
                                        / sum(r, NOISY, "planted", seed)),
                Criterion.primary("recall of the planted labels", "share")
                        .above(MIN_RECALL, (r, seed) -> recall(r, seed)),
                Criterion.secondary("flagged labels of the original data", "percent")
                        .above(0, (r, seed) -> 100 * sum(r, GIVEN, "suspects", seed) / sum(r, GIVEN, "images", seed)));
    }

    private static double precision(Results results, long seed) {
        return sum(results, NOISY, "hits", seed) / Math.max(1, sum(results, NOISY, "suspects", seed));
    }

    private static double recall(Results results, long seed) {
        return sum(results, NOISY, "hits", seed) / sum(results, NOISY, "planted", seed);
    }

    private static double sum(Results results, String data, String measure, long seed) {
        return HALVES.stream()
                .mapToDouble(half -> results.of(name(data, half), seed).measure(measure))
                .sum();
    }

    @Override
    public List<Chart> charts(Results results) {
        return List.of(new BarChart(
                "Flagged labels",
                "Means over seeds: the share of the flagged labels that were planted (precision), and of the planted ones"
                        + " that are flagged (recall).",
                Axis.linear("share"),
                List.of("precision", "recall"),
                List.of(new BarChart.Bars(
                        "share",
                        List.of(
                                BarChart.Bar.of(mean(results, WrongLabels::precision)),
                                BarChart.Bar.of(mean(results, WrongLabels::recall)))))));
    }

    private static double mean(Results results, Criterion.Measure measure) {
        return results.seeds().stream()
                .mapToDouble(seed -> measure.of(results, seed))
                .average()
                .orElseThrow();
    }
}
