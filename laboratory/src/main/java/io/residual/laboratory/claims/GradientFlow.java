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
 * @param shallow of the form 6n + 2, less than the depth
 * @param epochs after each of which gradients are measured, at least 1
 */
public record GradientFlow(int depth, int shallow, int epochs, TrainingData material, int seeds) implements Experiment {
    private static final int WIDTH = 8;
    static final String PLAIN = "plain";
    static final String RESIDUAL = "residual";
    static final String SHALLOW = "plain, shallow";
    private static final String NEAR = ".nearInput";
    private static final String FIRST = "bare.first";
    private static final Pattern IN_BLOCK = Pattern.compile("stage\\d+\\.block\\d+\\.conv\\d+");

    static GradientFlow of(Budget budget) {
        return switch (budget) {
            case MINUTES -> new GradientFlow(44, 20, 1, TrainingData.of(1500, 500), 4);
            case HOURS -> new GradientFlow(56, 20, 2, TrainingData.of(5000, 2000), 5);
            case FULL -> new GradientFlow(110, 20, 5, TrainingData.of(20_000, 5000), 5);
        };
    }

    @Override
    public Claim claim() {
        return new Claim(
                8,
                "Without shortcuts the gradient is a product of many factors and dies on its way to the layers near the data; a"
                        + " shortcut turns the product into a sum, so those layers get large gradients from the start.",
                "Without shortcuts the first layers of a deep network hardly learn; batch norm hides that only until training begins.",
                "Small gradients near the image are not what keeps deep plain networks from learning.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "A ResNet-%d for small images, of width %d, and its plain twin with the same weights. Without their batch norms, at"
                        + " initialisation: the norm of the gradient with respect to the convolutions of the first block, compared with"
                        + " a plain net of %d layers and with the twin. As they are trained, with batch norm, after %d epochs of %,d"
                        + " images: the first block's norm over the last block's, as a decimal logarithm; below 0 the gradient is smaller"
                        + " near the image. At initialisation that is reported only: batch norm, which the notes do not mention here, lets"
                        + " gradients of plain nets grow towards the image then (Yang et al. 2019, A mean field theory of batch"
                        + " normalization). Release 0.1 evaluated the claim by it, and refuted it.",
                depth,
                WIDTH,
                shallow,
                epochs,
                material.images());
    }

    @Override
    public List<Arm> arms() {
        return List.of(
                new Arm(PLAIN, training(depth, "none")),
                new Arm(RESIDUAL, training(depth, "residual")),
                new Arm(SHALLOW, training(shallow, "none")));
    }

    private Training training(int layers, String shortcuts) {
        return Training.of(Recipe.small(layers, shortcuts, WIDTH, epochs).spec(), material)
                .with(Probe.GRADIENT_FLOW);
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                Criterion.primary(
                                "without batch norm, at initialisation: gradient near the image, plain-" + depth
                                        + " over plain-" + shallow,
                                "decades")
                        .below(0, (r, seed) -> decades(r.of(PLAIN, seed), r.of(SHALLOW, seed))),
                Criterion.primary(
                                "without batch norm, at initialisation: gradient near the image, residual net over plain net",
                                "decades")
                        .above(0, (r, seed) -> decades(r.of(RESIDUAL, seed), r.of(PLAIN, seed))),
                Criterion.primary(
                                "plain net after training: gradient near the image over that near the classes",
                                "decades")
                        .below(0, (r, seed) -> trained(r.of(PLAIN, seed))),
                Criterion.primary("residual net minus plain net, after training", "decades")
                        .above(0, (r, seed) -> trained(r.of(RESIDUAL, seed)) - trained(r.of(PLAIN, seed))),
                Criterion.secondary(
                                "plain net at initialisation: gradient near the image over that near the classes",
                                "decades")
                        .below(0, (r, seed) -> near(r.of(PLAIN, seed), 0)),
                Criterion.secondary("residual net minus plain net, at initialisation", "decades")
                        .above(0, (r, seed) -> near(r.of(RESIDUAL, seed), 0) - near(r.of(PLAIN, seed), 0)));
    }

    private static double decades(TrainingResult above, TrainingResult below) {
        return Math.log10(above.measure(FIRST) / below.measure(FIRST));
    }

    private static double near(TrainingResult result, int epoch) {
        return result.measure("epoch." + epoch + NEAR);
    }

    /** Of a network that diverged, after its last complete epoch. */
    private static double trained(TrainingResult result) {
        return near(result, result.epochs().size());
    }

    @Override
    public List<Chart> charts(Results results) {
        return List.of(
                perConvolution(
                        "Gradients at initialisation, without batch norm",
                        "bare.norm.",
                        results,
                        List.of(PLAIN, RESIDUAL, SHALLOW)),
                Plot.of(
                        "Gradient near the image along training",
                        "Decimal logarithm of the first block's gradient norm over the last block's, with batch norm, mean over the"
                                + " seeds that did not diverge; below 0 the gradient is smaller near the image.",
                        Axis.linear("epochs"),
                        Axis.linear("decades"),
                        Stream.of(PLAIN, RESIDUAL)
                                .<Layer>map(twin -> Line.marked(twin, along(results, twin)))
                                .toList()),
                perConvolution(
                        "Gradients at initialisation, with batch norm",
                        "epoch.0.norm.",
                        results,
                        List.of(PLAIN, RESIDUAL)));
    }

    private static Chart perConvolution(String title, String measure, Results results, List<String> arms) {
        return Plot.of(
                title,
                "Norm of the gradient of the mean loss with respect to the weights of each convolution in a block, from the image to"
                        + " the classes, mean over seeds.",
                Axis.linear("convolution, counted from the image"),
                Axis.log("gradient norm"),
                arms.stream()
                        .<Layer>map(arm -> Line.plain(arm, norms(results, arm, measure)))
                        .toList());
    }

    private List<Point> along(Results results, String twin) {
        List<Point> points = new ArrayList<>();
        for (int epoch = 0; epoch <= epochs; epoch++) {
            int last = epoch;
            results.of(twin, result -> result).stream()
                    .filter(result -> result.epochs().size() >= last)
                    .mapToDouble(result -> near(result, last))
                    .average()
                    .ifPresent(mean -> points.add(new Point(last, mean)));
        }
        return points;
    }

    private static List<Point> norms(Results results, String twin, String measure) {
        List<String> paths = results.of(twin, results.seeds().get(0)).measuresOf(measure).keySet().stream()
                .filter(path -> IN_BLOCK.matcher(path).matches())
                .sorted(Comparator.comparing(GradientFlow::padded))
                .toList();
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            String name = measure + paths.get(i);
            points.add(new Point(i + 1.0, results.mean(twin, result -> result.measure(name))));
        }
        return points;
    }

    /** "stage01.block02.conv01", so that block10 does not come before block2. */
    private static String padded(String path) {
        return path.replaceAll("(\\D)(\\d)(?!\\d)", "$10$2");
    }
}
