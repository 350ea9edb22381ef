package io.residual.laboratory.claims;

import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Claim;
import io.residual.laboratory.experiments.Criterion;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.Results;
import io.residual.laboratory.experiments.training.Model;
import io.residual.laboratory.experiments.training.Training;
import io.residual.laboratory.experiments.training.TrainingData;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Chart;
import io.residual.report.chart.Plot;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * Claim 3: batch sizes at equal epochs.
 *
 * @param sizes rising, some of them above 1000 and some not
 */
public record BatchSizes(List<Integer> sizes, int epochs, TrainingData material, int seeds) implements Experiment {
    /** Where the notes see the limit. */
    private static final int LARGE = 1000;
    /** Of both networks, with batches of so many images. */
    private static final double RATE = 0.1;

    private static final int REFERENCE = 256;
    /** The highest that a spec allows. */
    private static final double HIGHEST_RATE = 10;

    /** How the rate follows the batch size. */
    private enum Rule {
        FIXED("one rate"),
        /** In proportion (Goyal et al. 2017). */
        SCALED("scaled rate");

        private final String words;

        Rule(String words) {
            this.words = words;
        }

        double rate(int size) {
            return this == FIXED ? RATE : Math.min(HIGHEST_RATE, RATE * size / REFERENCE);
        }
    }

    public BatchSizes {
        sizes = List.copyOf(sizes);
        if (sizes.get(0) > LARGE || sizes.get(sizes.size() - 1) <= LARGE) {
            throw new IllegalArgumentException("sizes must lie on both sides of " + LARGE + ", got " + sizes);
        }
    }

    static BatchSizes of(Budget budget) {
        return switch (budget) {
            case MINUTES -> new BatchSizes(List.of(64, 256, 1024, 4096), 3, TrainingData.of(8192, 4000), 3);
            case HOURS ->
                new BatchSizes(List.of(32, 64, 128, 256, 512, 1024, 2048, 4096), 6, TrainingData.of(20_480, 5000), 4);
            case FULL ->
                new BatchSizes(List.of(32, 64, 128, 256, 512, 1024, 2048, 4096), 10, TrainingData.of(55_000, 5000), 5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                3,
                "A batch above 1000 hurts convergence (shown there with LeNet): many images of a batch are alike.",
                "Stay below 1000 images a batch if the number of epochs is given, whether the rate grows with the batch or not.",
                "Batches above 1000 lose nothing in as many epochs.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "A LeNet (of the book's layers, with ReLU and max pooling) and the book's ResNet-18 of width 16, both with plain SGD for"
                        + " %d epochs of %,d images in batches of %s; at one rate, %s, and at a rate in proportion to the batch,"
                        + " %s for %d images.",
                epochs,
                material.images(),
                sizes,
                RATE,
                RATE,
                REFERENCE);
    }

    private static String name(Model model, Rule rule, int size) {
        return words(model) + ", " + rule.words + ", batch " + size;
    }

    private static String words(Model model) {
        return model == Model.LENET ? "LeNet" : "ResNet-18";
    }

    @Override
    public List<Arm> arms() {
        return Stream.of(Model.LENET, Model.RESNET)
                .flatMap(model -> Arrays.stream(Rule.values())
                        .flatMap(rule -> sizes.stream()
                                .map(size -> new Arm(name(model, rule, size), training(model, rule, size)))))
                .toList();
    }

    private Training training(Model model, Rule rule, int size) {
        return Training.of(
                        Recipe.book(epochs)
                                .with("batchSize", size)
                                .with("learningRate", rule.rate(size))
                                .spec(),
                        material)
                .with(model);
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                Criterion.primary(effect(Model.LENET, Rule.FIXED), "points")
                        .below(0, (r, seed) -> loss(r, Model.LENET, Rule.FIXED, seed)),
                Criterion.primary(effect(Model.RESNET, Rule.FIXED), "points")
                        .below(0, (r, seed) -> loss(r, Model.RESNET, Rule.FIXED, seed)),
                Criterion.secondary(effect(Model.LENET, Rule.SCALED), "points")
                        .below(0, (r, seed) -> loss(r, Model.LENET, Rule.SCALED, seed)),
                Criterion.secondary(effect(Model.RESNET, Rule.SCALED), "points")
                        .below(0, (r, seed) -> loss(r, Model.RESNET, Rule.SCALED, seed)));
    }

    private static String effect(Model model, Rule rule) {
        return words(model) + ", " + rule.words + ": batches above 1000 minus smaller ones, validation accuracy";
    }

    private double loss(Results results, Model model, Rule rule, long seed) {
        return 100
                * (mean(results, model, rule, seed, size -> size > LARGE)
                        - mean(results, model, rule, seed, size -> size <= LARGE));
    }

    private double mean(Results results, Model model, Rule rule, long seed, IntPredicate chosen) {
        return sizes.stream()
                .filter(chosen::test)
                .mapToDouble(size -> results.of(name(model, rule, size), seed).accuracy())
                .average()
                .orElseThrow();
    }

    @Override
    public List<Chart> charts(Results results) {
        return Stream.of(Model.LENET, Model.RESNET)
                .<Chart>map(model -> Plot.of(
                        words(model) + ": validation accuracy by batch size",
                        "Mean over seeds after equal epochs; the bands go from the lowest seed to the highest.",
                        Axis.log("images per batch"),
                        Axis.linear("validation accuracy"),
                        Arrays.stream(Rule.values())
                                .flatMap(rule -> Curves.of(
                                        rule.words,
                                        sizes,
                                        size -> name(model, rule, size),
                                        results,
                                        TrainingResult::accuracy)
                                        .stream())
                                .toList()))
                .toList();
    }
}
