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
import io.residual.report.chart.Plot;
import java.util.List;
import java.util.Locale;

/**
 * Claim 2: schedules of the learning rate, each over a range of rates.
 *
 * @param rates highest rates of the schedules, rising
 * @param epochs at least 2, so that a step schedule has a step
 */
public record Schedules(List<Double> rates, int epochs, TrainingData material, int seeds) implements Experiment {
    /** What a good rate may lose against the best one. */
    private static final double NEAR = 0.01;

    private static final String COSINE = "cosine";
    private static final List<String> OTHERS = List.of("constant", "step");
    private static final List<String> ALL = List.of(COSINE, "constant", "step");

    public Schedules {
        rates = List.copyOf(rates);
        if (!(epochs >= 2)) {
            throw new IllegalArgumentException("a step schedule needs at least 2 epochs, got " + epochs);
        }
    }

    static Schedules of(Budget budget) {
        return switch (budget) {
            case MINUTES -> new Schedules(List.of(0.01, 0.04, 0.16, 0.64, 2.56), 4, TrainingData.of(4000, 4000), 3);
            case HOURS ->
                new Schedules(
                        List.of(0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0), 8, TrainingData.of(15_000, 5000), 4);
            case FULL ->
                new Schedules(
                        List.of(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
                        20,
                        TrainingData.of(55_000, 5000),
                        5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                2,
                "Cosine learning rate works well and is easy to tune: only a highest and a lowest value.",
                "Take a cosine schedule: more rates are good ones than with a constant rate or a step.",
                "A cosine schedule needs its rate tuned as carefully as the others.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "The book's ResNet-18 of width 16 with plain SGD, %d epochs of %,d images, batches of 64, and rates of %s: cosine"
                        + " falls to 0, step falls tenfold after half of the epochs, constant stays. A schedule is easy to tune if"
                        + " a wide range of rates comes within one point of its own best accuracy on validation images. The range"
                        + " is measured within the rates that were tried.",
                epochs,
                material.images(),
                rates);
    }

    private static String name(String schedule, double rate) {
        return schedule + " " + rate;
    }

    @Override
    public List<Arm> arms() {
        return ALL.stream()
                .flatMap(schedule ->
                        rates.stream().map(rate -> new Arm(name(schedule, rate), training(schedule, rate))))
                .toList();
    }

    private Training training(String schedule, double rate) {
        return Training.of(
                Recipe.book(epochs)
                        .with("learningRate", rate)
                        .with("schedule", schedule)
                        .with("stepEpochs", epochs / 2)
                        .with("decay", 0.1)
                        .spec(),
                material);
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                Criterion.primary("best of cosine minus the better of constant and step, validation accuracy", "points")
                        .above(
                                -1,
                                (r, seed) -> 100
                                        * (best(r, COSINE, seed)
                                                - OTHERS.stream()
                                                        .mapToDouble(other -> best(r, other, seed))
                                                        .max()
                                                        .orElseThrow())),
                wider("constant"),
                wider("step"));
    }

    private Criterion wider(String other) {
        return Criterion.primary("range of good rates, cosine minus " + other, "decades")
                .above(
                        0,
                        (r, seed) -> GoodRange.decades(rates, accuracies(r, COSINE, seed), NEAR)
                                - GoodRange.decades(rates, accuracies(r, other, seed), NEAR));
    }

    private List<Double> accuracies(Results results, String schedule, long seed) {
        return rates.stream()
                .map(rate -> results.of(name(schedule, rate), seed).accuracy())
                .toList();
    }

    private double best(Results results, String schedule, long seed) {
        return accuracies(results, schedule, seed).stream()
                .mapToDouble(a -> a)
                .max()
                .orElseThrow();
    }

    @Override
    public List<Chart> charts(Results results) {
        return List.of(Plot.of(
                "Validation accuracy by rate and schedule",
                "Mean over seeds; the bands go from the lowest seed to the highest. The wider the top of a curve, the easier the"
                        + " schedule is to tune.",
                Axis.log("highest learning rate"),
                Axis.linear("validation accuracy"),
                ALL.stream()
                        .flatMap(
                                schedule -> Curves.of(
                                        schedule,
                                        rates,
                                        rate -> name(schedule, rate),
                                        results,
                                        TrainingResult::accuracy)
                                        .stream())
                        .toList()));
    }
}
