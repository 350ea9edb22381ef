package io.residual.laboratory.claims;

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
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.ReferenceLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether networks of a thousand layers learn: that of He et al. 2015 (section 4.2), its plain twin, and the
 * pre-activation one of He et al. 2016.
 *
 * @param depth of the first two, of the form 6n + 2
 * @param preActivationDepth of the form 9n + 2
 * @param width channels of the stem; 16 in the papers
 * @param steps a multiple of 10
 * @param batch images of a step, at least 2
 */
public record ThousandLayers(int depth, int preActivationDepth, int width, int steps, int batch, int seeds)
        implements Experiment {
    /** Parts of the training whose mean losses are compared. */
    private static final int PARTS = 10;

    private static final int HELD_OUT = 40;
    private static final int CLASSES = 10;
    private static final String RATE = "0.005";
    /** How far a loss must fall below that of a guess, ln 10, to count as learning, in nats. */
    private static final double LEARNING_MARGIN = 0.3;

    public ThousandLayers {
        if (!(steps >= PARTS && steps % PARTS == 0)) {
            throw new IllegalArgumentException("steps must be a multiple of " + PARTS + ", got " + steps);
        }
    }

    /** The networks of the papers, and as many steps as show whether they learn. */
    public static ThousandLayers ofPapers() {
        return new ThousandLayers(1202, 1001, 16, 300, 8, 3);
    }

    @Override
    public Claim claim() {
        return new Claim(
                8,
                "Networks of 1000 layers train with shortcuts, and not without.",
                "With shortcuts even a thousand layers learn from the first steps on.",
                "Shortcuts alone do not make a thousand layers learn, or are not needed for it.");
    }

    @Override
    public String method() {
        return String.format(
                Locale.ROOT,
                "ResNet-%d, its plain twin and the pre-activation ResNet-%d, of width %d, %d steps of %d images with momentum at a"
                        + " rate that rises to %s within the first tenth. The blocks of the first start as identities, with the last"
                        + " batch norm at zero (Goyal et al. 2017, section 5.1): otherwise its initial loss would be 10 nats."
                        + " Those of the plain twin start at one, without which it would output zeros. A network that diverges has"
                        + " learnt nothing; one has learnt something if the mean loss of the last tenth of the steps is %.1f nats or"
                        + " more below that of a guess.",
                depth,
                preActivationDepth,
                width,
                steps,
                batch,
                RATE,
                LEARNING_MARGIN);
    }

    private String residual() {
        return "ResNet-" + depth;
    }

    private String plain() {
        return "plain ResNet-" + depth;
    }

    private String preActivation() {
        return "pre-activation ResNet-" + preActivationDepth;
    }

    @Override
    public List<Arm> arms() {
        return List.of(
                new Arm(residual(), training("cifar", depth, "zeroInitResidual", true)),
                new Arm(plain(), training("cifar", depth, "shortcuts", "none")),
                new Arm(preActivation(), training("preactivation", preActivationDepth, "shortcuts", "residual")));
    }

    private Training training(String family, int layers, String setting, Object value) {
        return Training.of(
                Recipe.images()
                        .with("flavour", "torchvision")
                        .with("family", family)
                        .with("shortcuts", "residual")
                        .with("depth", layers)
                        .with("width", width)
                        .with("epochs", PARTS)
                        .with("batchSize", batch)
                        .with("learningRate", RATE)
                        .with("warmupEpochs", 1)
                        .with("momentum", 0.9)
                        .with("weightDecay", 0.0001)
                        .with(setting, value)
                        .spec(),
                TrainingData.of(steps / PARTS * batch, HELD_OUT));
    }

    @Override
    public List<Criterion> criteria() {
        return List.of(
                fall(residual()).above(LEARNING_MARGIN, (r, seed) -> fall(r, residual(), seed)),
                fall(preActivation()).above(LEARNING_MARGIN, (r, seed) -> fall(r, preActivation(), seed)),
                fall(plain()).below(LEARNING_MARGIN, (r, seed) -> fall(r, plain(), seed)));
    }

    private static Criterion.Effect fall(String arm) {
        return Criterion.primary(arm + ": loss of a guess minus that of the last steps", "nats");
    }

    private static double fall(Results results, String arm, long seed) {
        return Math.log(CLASSES) - results.of(arm, seed).trainLoss();
    }

    @Override
    public List<Chart> charts(Results results) {
        List<Layer> layers = new ArrayList<>();
        StringBuilder caption = new StringBuilder("Mean training loss of each tenth of the steps, first seed.");
        for (Arm arm : arms()) {
            List<Point> points = points(results.of(arm.name(), results.seeds().get(0)));
            if (points.isEmpty()) {
                caption.append(" The ").append(arm.name()).append(" diverged within the first tenth.");
            } else {
                layers.add(Line.marked(arm.name(), points));
            }
        }
        layers.add(ReferenceLine.horizontal(Math.log(CLASSES), "a guess"));
        return List.of(Plot.of(
                "Loss of networks of a thousand layers",
                caption.toString(),
                Axis.linear("step"),
                Axis.linear("training loss, nats"),
                layers));
    }

    private List<Point> points(TrainingResult result) {
        List<Point> points = new ArrayList<>();
        for (int part = 0; part < result.epochs().size(); part++) {
            points.add(new Point(
                    (part + 1.0) * steps / PARTS, result.epochs().get(part).trainLoss()));
        }
        return points;
    }
}
