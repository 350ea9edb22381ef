package io.residual.report.chart;

import io.residual.report.chart.BarChart.Bar;
import io.residual.report.chart.BarChart.Bars;
import io.residual.report.chart.Columns.Column;
import io.residual.report.chart.FlowDiagram.Step;
import io.residual.report.chart.HeatMap.Cell;
import io.residual.report.chart.ParallelCoordinates.Strand;
import io.residual.report.chart.ParallelCoordinates.Weight;
import io.residual.report.chart.Scatter.Dot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;

/** A chart of each kind, of lopsided numbers. */
public final class Samples {
    private static final List<String> CLOTHES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private Samples() {}

    public static Plot lines() {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            double rate = 0.1 + 0.12 * i;
            lines.add(Line.marked(
                    "recipe " + (char) ('a' + i),
                    IntStream.rangeClosed(1, 15)
                            .mapToObj(e -> new Point(e, 0.3 + 2 * Math.exp(-rate * e)))
                            .toList()));
        }
        return Plot.of(
                        "Loss of four recipes",
                        "The training loss falls over 15 epochs, of recipe d fastest.",
                        Axis.linear("epoch"),
                        Axis.linear("loss, nats"),
                        lines)
                .with(Band.around(IntStream.rangeClosed(1, 15)
                        .mapToObj(e -> new Band.Slice(e, 0.2 + 2 * Math.exp(-0.46 * e), 0.5 + 2 * Math.exp(-0.46 * e)))
                        .toList()))
                .with(ReferenceLine.vertical(11, "best epoch"))
                .with(ReferenceLine.horizontal(0.35, "goal"));
    }

    public static Plot finder() {
        return Plot.of(
                "Learning-rate finder",
                "The loss over the learning rate on a logarithmic axis.",
                Axis.log("learning rate"),
                Axis.linear("loss, nats").between(0, 3),
                Line.dimmed(IntStream.range(0, 80)
                        .mapToObj(i -> new Point(1e-5 * Math.pow(10, i / 16.0), 2.3 - i * 0.02 + (i % 3) * 0.2))
                        .toList()),
                Line.plain(
                        "smoothed",
                        IntStream.range(0, 80)
                                .mapToObj(i -> new Point(
                                        1e-5 * Math.pow(10, i / 16.0), 2.3 - i * 0.02 + Math.exp((i - 66) / 3.0)))
                                .toList()),
                ReferenceLine.vertical(0.02, "steepest"));
    }

    public static Plot reliability() {
        return Plot.of(
                "Reliability",
                "Accuracy over confidence in ten bins, below the diagonal.",
                Axis.linear("confidence").between(0, 1),
                Axis.linear("accuracy").between(0, 1),
                new Columns(
                        "accuracy",
                        IntStream.range(2, 10)
                                .mapToObj(i -> new Column(i / 10.0, (i + 1) / 10.0, 0.8 * (i + 0.5) / 10))
                                .toList()),
                Line.dimmed(List.of(new Point(0, 0), new Point(1, 1))),
                Scatter.of("mean confidence", List.of(new Point(0.55, 0.55), new Point(0.96, 0.96))));
    }

    public static Plot histogram() {
        return Plot.of(
                "Confidence of right and wrong predictions",
                "Right predictions are mostly near 1, wrong ones spread.",
                Axis.linear("confidence"),
                Axis.linear("images"),
                Columns.histogram("right", List.of(0.2, 0.4, 0.6, 0.8, 1.0), List.of(3L, 40L, 150L, 7034L)),
                Columns.histogram("wrong", List.of(0.2, 0.4, 0.6, 0.8, 1.0), List.of(90L, 300L, 250L, 420L)));
    }

    public static Plot scatter() {
        Random random = new Random(5);
        List<Dot> dots = IntStream.range(0, 60)
                .mapToObj(i -> {
                    double seconds = 40 + 500 * random.nextDouble();
                    double accuracy = 0.93 - 8 / seconds - 0.1 * random.nextDouble();
                    return new Dot(
                            new Point(seconds, accuracy),
                            OptionalDouble.of(random.nextInt(1, 20)),
                            "trial <" + i + "> & \"more\"");
                })
                .toList();
        return Plot.of(
                        "Trials",
                        "Accuracy over duration; the best for each duration are joined.",
                        Axis.log("duration, s"),
                        Axis.linear("validation accuracy"),
                        new Scatter("trial", dots),
                        Line.marked(
                                "Pareto front",
                                List.of(new Point(45, 0.74), new Point(120, 0.85), new Point(500, 0.91))))
                .colouredBy(ColourScale.linear("epochs", 0, 20));
    }

    public static Plot surface() {
        List<Double> places =
                IntStream.rangeClosed(-12, 12).mapToObj(i -> i / 12.0).toList();
        return Plot.of(
                        "Loss around the solution",
                        "A bowl, narrower in one direction, with a side valley.",
                        Axis.linear("first direction"),
                        Axis.linear("second direction"),
                        new Surface(
                                places,
                                places,
                                places.stream()
                                        .map(y -> places.stream()
                                                .map(x -> 0.1 + 3 * x * x + y * y + Math.sin(5 * x + 2 * y) / 3 + 0.4)
                                                .toList())
                                        .toList(),
                                List.of(0.5, 1.0, 2.0, 3.0)))
                .colouredBy(ColourScale.log("loss, nats", 0.1, 5));
    }

    public static BarChart bars() {
        return new BarChart(
                "F1 of each class",
                "Shirt is hardest for both; run B has no prediction of Sandal.",
                Axis.linear("F1").between(0, 1),
                CLOTHES,
                List.of(
                        new Bars(
                                "run A",
                                CLOTHES.stream()
                                        .map(c -> Bar.of(1 - c.length() / 24.0))
                                        .toList()),
                        new Bars(
                                "run B",
                                CLOTHES.stream()
                                        .map(c -> c.equals("Sandal")
                                                ? Bar.undefined()
                                                : Bar.of(
                                                        0.95 - c.length() / 20.0,
                                                        0.9 - c.length() / 20.0,
                                                        0.97 - c.length() / 20.0))
                                        .toList())));
    }

    public static HeatMap heatMap() {
        Random random = new Random(2);
        List<List<Cell>> cells = IntStream.range(0, 10)
                .mapToObj(row -> IntStream.range(0, 10)
                        .mapToObj(column -> {
                            int count = row == column ? 700 + 33 * row : random.nextInt(3) * random.nextInt(60);
                            return row == 7 && column == 2
                                    ? new Cell(OptionalDouble.empty(), "n/a")
                                    : Cell.of(count, String.format(Locale.ROOT, "%d", count));
                        })
                        .toList())
                .toList();
        return new HeatMap(
                "Confusion matrix",
                "Most images are on the diagonal.",
                "actual",
                "predicted",
                CLOTHES,
                CLOTHES,
                ColourScale.linear("images", 0, 1000),
                cells);
    }

    public static ParallelCoordinates parallel() {
        Random random = new Random(9);
        List<Strand> strands = IntStream.range(0, 40)
                .mapToObj(i -> {
                    double rate = Math.pow(10, -3 + 3 * random.nextDouble());
                    double accuracy = 0.92 - 0.05 * Math.abs(Math.log10(rate) + 1) - 0.02 * random.nextDouble();
                    return new Strand(
                            List.of(
                                    rate,
                                    (double) (32 << random.nextInt(4)),
                                    (double) random.nextInt(3),
                                    1 + 30 * random.nextDouble(),
                                    accuracy),
                            OptionalDouble.of(accuracy),
                            "trial " + i,
                            i == 3 ? Weight.HIGHLIGHTED : Weight.NORMAL);
                })
                .toList();
        return new ParallelCoordinates(
                "Forty trials",
                "A learning rate near 0.1 is best, whatever the rest.",
                List.of(
                        Axis.log("learning rate"),
                        Axis.linear("batch size"),
                        Axis.categories("optimiser", List.of("sgd", "nesterov", "adam")),
                        Axis.linear("epochs"),
                        Axis.linear("accuracy")),
                strands,
                Optional.of(ColourScale.linear("accuracy", 0.78, 0.92)));
    }

    public static FlowDiagram flow() {
        return new FlowDiagram(
                "A small residual network",
                "A stem, two blocks with shortcuts, the second with a projection, and the classifier.",
                List.of(
                        new Step("stem: 7x7 convolution, /2", "64 x 56 x 56", FlowDiagram.Path.THROUGH),
                        new Step("stage1.block1", "64 x 56 x 56", FlowDiagram.Path.SHORTCUT),
                        new Step("stage2.block1, /2", "128 x 28 x 28", FlowDiagram.Path.PROJECTION),
                        new Step("fc", "10", FlowDiagram.Path.THROUGH)));
    }

    public static List<Chart> all() {
        return List.of(
                flow(),
                lines(),
                finder(),
                reliability(),
                histogram(),
                scatter(),
                surface(),
                bars(),
                heatMap(),
                parallel());
    }
}
