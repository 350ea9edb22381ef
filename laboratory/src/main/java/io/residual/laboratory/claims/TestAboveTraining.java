package io.residual.laboratory.claims;

import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Claim;
import io.residual.laboratory.experiments.Criterion;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.Results;
import io.residual.laboratory.experiments.training.Training;
import io.residual.laboratory.experiments.training.TrainingData;
import io.residual.laboratory.experiments.training.TrainingData.EvaluationSplit;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.report.chart.Axis;
import io.residual.report.chart.BarChart;
import io.residual.report.chart.Chart;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Claim 5: test and training accuracy.
 *
 * @param images that are trained on
 */
public record TestAboveTraining(int epochs, int images, int testImages, int seeds) implements Experiment {
    private static final double NOISE = 0.2;
    private static final String AS_IT_IS = "as it is";
    private static final String AUGMENTED = "strongly augmented";
    private static final String NOISY = "a fifth of the labels wrong";
    private static final List<String> ALL = List.of(AS_IT_IS, AUGMENTED, NOISY);

    static TestAboveTraining of(Budget budget) {
        return switch (budget) {
            case MINUTES -> new TestAboveTraining(4, 8000, 10_000, 3);
            case HOURS -> new TestAboveTraining(10, 20_000, 10_000, 5);
            case FULL -> new TestAboveTraining(20, 55_000, 10_000, 5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                5,
                "With noisy or strongly augmented training data, test accuracy can exceed training accuracy.",
                "A training accuracy below that of the test is no fault if the training images are made harder.",
                "A training accuracy below that of the test needs another explanation than hard training images.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "The book's ResNet-18 of width 16, %d epochs of %,d images, cosine rate: with the images as they are; with crop,"
                        + " flip, rotation and random erasing; and with %.0f %% of the labels replaced by wrong ones. Training"
                        + " accuracy is that of the last epoch's steps, as in the notes: while the weights change, on images as they"
                        + " are trained on. Nothing is chosen by the test images.",
                epochs,
                images,
                100 * NOISE);
    }

    @Override
    public List<Arm> arms() {
        Recipe plain = Recipe.book(epochs).with("schedule", "cosine");
        Recipe augmented = plain.with("crop", 4)
                .with("flip", "horizontal")
                .with("rotate", 20)
                .with("erase", 0.5)
                .with("eraseFill", "random");
        TrainingData clean = TrainingData.of(images, testImages).evaluatedOn(EvaluationSplit.TEST, testImages);
        return List.of(
                new Arm(AS_IT_IS, Training.of(plain.spec(), clean)),
                new Arm(AUGMENTED, Training.of(augmented.spec(), clean)),
                new Arm(NOISY, Training.of(plain.spec(), clean.withLabelNoise(NOISE))));
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                above(AUGMENTED),
                above(NOISY),
                Criterion.secondary(AS_IT_IS + ": test minus training accuracy", "points")
                        .below(0, (r, seed) -> gap(r, AS_IT_IS, seed)));
    }

    private static Criterion above(String arm) {
        return Criterion.primary(arm + ": test minus training accuracy", "points")
                .above(0, (r, seed) -> gap(r, arm, seed));
    }

    private static double gap(Results results, String arm, long seed) {
        TrainingResult result = results.of(arm, seed);
        return 100 * (result.accuracy() - result.trainAccuracy());
    }

    @Override
    public List<Chart> charts(Results results) {
        return List.of(new BarChart(
                "Training and test accuracy",
                "Mean over seeds; whiskers span the lowest seed to the highest.",
                Axis.linear("accuracy"),
                ALL,
                List.of(
                        bars("training", results, TrainingResult::trainAccuracy),
                        bars("test", results, TrainingResult::accuracy))));
    }

    private static BarChart.Bars bars(String name, Results results, ToDoubleFunction<TrainingResult> value) {
        return new BarChart.Bars(
                name, ALL.stream().map(arm -> Curves.bar(results, arm, value)).toList());
    }
}
