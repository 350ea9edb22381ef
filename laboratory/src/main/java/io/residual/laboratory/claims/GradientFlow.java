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
import io.residual.report.chart.Chart;
import io.residual.report.chart.Layer;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Claim 8: gradients near the image, in plain and residual twins.
 *
 * @param depth of the form 6n + 2
 * @param epochs between the two measurements
 */
public record GradientFlow(int depth, int epochs, TrainingData material, int seeds) implements Experiment {
    private static final int WIDTH = 8;
    private static final String PLAIN = "plain";
    private static final String RESIDUAL = "residual";
    private static final String START = "start.nearInput";
    private static final String END = "end.nearInput";
    private static final String NORM = "start.norm.";
    private static final Pattern IN_BLOCK = Pattern.compile("stage\\d+\\.block\\d+\\.conv\\d+");

    static GradientFlow of(Budget budget) {
        return switch (budget) {
            case MINUTES -> new GradientFlow(44, 1, TrainingData.of(1500, 500), 4);
            case HOURS -> new GradientFlow(56, 2, TrainingData.of(5000, 2000), 5);
            case FULL -> new GradientFlow(110, 5, TrainingData.of(20_000, 5000), 5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                8,
                "Without shortcuts the gradient is a product of many factors and dies on its way to the layers near the data; a"
                        + " shortcut turns the product into a sum, so those layers get large gradients from the start.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "A ResNet-%d for small images, of width %d, and its plain twin with the same weights, at initialisation and after %d"
                        + " epochs of %,d images. Measured is the norm of the gradient with respect to the convolutions of the first"
                        + " block over that of the last block, as a decimal logarithm: below 0 the gradient is smaller near the image."
                        + " Both have batch norm, which the notes do not mention here: without shortcuts it lets gradients grow towards the"
                        + " image at initialisation (Yang et al. 2019, A mean field theory of batch normalization).",
                depth,
                WIDTH,
                epochs,
                material.images());
    }

    @Override
    public List<Arm> arms() {
        return List.of(new Arm(PLAIN, training("none")), new Arm(RESIDUAL, training("residual")));
    }

    private Training training(String shortcuts) {
        return Training.of(Recipe.small(depth, shortcuts, WIDTH, epochs).spec(), material)
                .with(Probe.GRADIENTS);
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                Criterion.primary(
                                "plain net at initialisation: gradient near the image over that near the classes",
                                "decades")
                        .below(0, (r, seed) -> r.of(PLAIN, seed).measure(START)),
                Criterion.primary("residual net minus plain net, at initialisation", "decades")
                        .above(
                                0,
                                (r, seed) -> r.of(RESIDUAL, seed).measure(START)
                                        - r.of(PLAIN, seed).measure(START)),
                Criterion.secondary(
                                "plain net after training: gradient near the image over that near the classes",
                                "decades")
                        .below(0, (r, seed) -> after(r.of(PLAIN, seed))),
                Criterion.secondary("residual net minus plain net, after training", "decades")
                        .above(0, (r, seed) -> after(r.of(RESIDUAL, seed)) - after(r.of(PLAIN, seed))));
    }

    /** A network that diverged has only the gradients of its start. */
    private static double after(TrainingResult result) {
        return result.measure(result.diverged() ? START : END);
    }

    @Override
    public List<Chart> charts(Results results) {
        return List.of(Plot.of(
                "Gradient of each convolution at initialisation",
                "Norm of the gradient of the mean loss with respect to the weights of each convolution in a block, from the image to"
                        + " the classes, mean over seeds.",
                Axis.linear("convolution, counted from the image"),
                Axis.log("gradient norm"),
                Stream.of(PLAIN, RESIDUAL)
                        .<Layer>map(twin -> Line.plain(twin, norms(results, twin)))
                        .toList()));
    }

    private static List<Point> norms(Results results, String twin) {
        List<String> paths = results.of(twin, results.seeds().get(0)).measuresOf(NORM).keySet().stream()
                .filter(path -> IN_BLOCK.matcher(path).matches())
                .sorted(Comparator.comparing(GradientFlow::padded))
                .toList();
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            String name = NORM + paths.get(i);
            points.add(new Point(i + 1.0, results.mean(twin, result -> result.measure(name))));
        }
        return points;
    }

    /** "stage01.block02.conv01", so that block10 does not come before block2. */
    private static String padded(String path) {
        return path.replaceAll("(\\D)(\\d)(?!\\d)", "$10$2");
    }
}
