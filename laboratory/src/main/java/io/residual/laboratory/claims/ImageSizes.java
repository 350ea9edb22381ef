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
 * Claim 7: accuracy and cost by the size of images.
 *
 * @param sizes sides in pixels, rising, at least two
 */
public record ImageSizes(List<Integer> sizes, int epochs, TrainingData material, int seeds) implements Experiment {
    /** Points that the smallest images may lose. */
    private static final double MARGIN = 3;
    /** How much longer a step on the largest images must take. */
    private static final double SAVING = 4;

    public ImageSizes {
        sizes = List.copyOf(sizes);
    }

    static ImageSizes of(Budget budget) {
        List<Integer> sizes = List.of(28, 48, 64, 96);
        return switch (budget) {
            case MINUTES -> new ImageSizes(sizes, 4, TrainingData.of(2000, 1500), 3);
            case HOURS -> new ImageSizes(sizes, 8, TrainingData.of(10_000, 3000), 3);
            case FULL -> new ImageSizes(sizes, 10, TrainingData.of(55_000, 5000), 5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                7,
                "Smaller inputs or a smaller configuration are the first thing to try when tuning.",
                "Tune on small images first: a trial takes a quarter of the time or less, and little accuracy is lost.",
                "Tune on images of the final size: smaller ones save too little time, or lose too much accuracy.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "The book's ResNet-18 of width 16 with a cosine rate, %d epochs of %,d images scaled to %s pixels. The smallest size is"
                        + " the first to try if a step costs a quarter of that on the largest or less, and the accuracy on validation"
                        + " images is at most %.0f points lower. Times are those of this machine while it trained.",
                epochs,
                material.images(),
                sizes,
                MARGIN);
    }

    private static String name(int size) {
        return size + " pixels";
    }

    @Override
    public List<Arm> arms() {
        return sizes.stream()
                .map(size -> new Arm(
                        name(size),
                        Training.of(
                                Recipe.book(epochs)
                                        .with("schedule", "cosine")
                                        .with("imageSize", size)
                                        .spec(),
                                material)))
                .toList();
    }

    private String smallest() {
        return name(sizes.get(0));
    }

    private String largest() {
        return name(sizes.get(sizes.size() - 1));
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                Criterion.primary("time of training on " + largest() + " over that on " + smallest(), "times")
                        .above(
                                SAVING,
                                (r, seed) -> r.of(largest(), seed).trainingSeconds()
                                        / r.of(smallest(), seed).trainingSeconds()),
                Criterion.primary(smallest() + " minus " + largest() + ", validation accuracy", "points")
                        .above(
                                -MARGIN,
                                (r, seed) -> 100
                                        * (r.of(smallest(), seed).accuracy()
                                                - r.of(largest(), seed).accuracy())));
    }

    @Override
    public List<Chart> charts(Results results) {
        return List.of(
                Plot.of(
                        "Validation accuracy by image size",
                        "Mean over seeds; the band spans the lowest seed to the highest.",
                        Axis.linear("side of an image, pixels"),
                        Axis.linear("validation accuracy"),
                        Curves.of("accuracy", sizes, ImageSizes::name, results, TrainingResult::accuracy)),
                Plot.of(
                        "Cost by image size",
                        "Mean over seeds of the time that a thousand images of training take.",
                        Axis.linear("side of an image, pixels"),
                        Axis.linear("seconds per 1,000 images"),
                        Curves.of("time", sizes, ImageSizes::name, results, this::secondsPerThousand)));
    }

    private double secondsPerThousand(TrainingResult result) {
        return result.trainingSeconds() / epochs / material.images() * 1000;
    }
}
