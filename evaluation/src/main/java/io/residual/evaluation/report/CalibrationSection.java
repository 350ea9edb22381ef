package io.residual.evaluation.report;

import io.residual.evaluation.metrics.Calibration;
import io.residual.evaluation.metrics.Scores;
import io.residual.report.Numbers;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Columns;
import io.residual.report.chart.Columns.Column;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.Scatter;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** Whether the confidence of the model agrees with its accuracy. */
final class CalibrationSection {
    private static final int HISTOGRAM_BINS = 20;

    private CalibrationSection() {}

    static Section section(Evaluation evaluation) {
        Calibration plain = evaluation.calibration();
        Optional<Calibration> scaled = evaluation.calibrationAtTemperature();
        String atTemperature = evaluation
                .temperature()
                .map(t -> "at temperature " + Numbers.fixed(t.value(), 3))
                .orElse("");
        List<Plot> plots = new ArrayList<>();
        plots.add(reliability("Reliability as it is", plain));
        scaled.ifPresent(calibration -> plots.add(reliability("Reliability " + atTemperature, calibration)));
        plots.add(histogram(evaluation.scores()));
        Table table = Table.of(
                        "Calibration; smaller is better",
                        Table.Column.text("probabilities"),
                        Table.Column.number("ECE"),
                        Table.Column.number("NLL, nats"),
                        Table.Column.number("Brier score"))
                .row(row("as they are", plain));
        if (scaled.isPresent()) {
            table = table.row(row(atTemperature, scaled.get()));
        }
        Section section =
                Section.of("Confidence").charts(plots.toArray(Plot[]::new)).table(table);
        return scaled.isPresent()
                ? section.text(
                        "The temperature divides the logits. It was fitted on the validation images; it changes no"
                                + " prediction.")
                : section.text("No temperature was fitted: it needs validation images other than the evaluated ones.");
    }

    private static Plot reliability(String title, Calibration calibration) {
        List<Column> columns = new ArrayList<>();
        List<Point> confidences = new ArrayList<>();
        for (Calibration.Bin bin : calibration.bins()) {
            if (bin.accuracy().isPresent()) {
                columns.add(new Column(bin.low(), bin.high(), bin.accuracy().getAsDouble()));
                confidences.add(new Point(
                        bin.confidence().getAsDouble(), bin.confidence().getAsDouble()));
            }
        }
        return Plot.of(
                title,
                String.format(
                        Locale.ROOT,
                        "Accuracy of the images in each of 15 ranges of confidence. Columns below the diagonal: the model"
                                + " is overconfident. Calibration error (ECE) %.4f.",
                        calibration.expectedCalibrationError()),
                Axis.linear("confidence").between(0, 1),
                Axis.linear("accuracy").between(0, 1),
                new Columns("accuracy", columns),
                Line.dimmed(List.of(new Point(0, 0), new Point(1, 1))),
                Scatter.of("mean confidence", confidences));
    }

    private static Plot histogram(Scores scores) {
        long[] right = new long[HISTOGRAM_BINS];
        long[] wrong = new long[HISTOGRAM_BINS];
        for (int i = 0; i < scores.examples(); i++) {
            int bin = Math.min(HISTOGRAM_BINS - 1, (int) (scores.highest(i) * HISTOGRAM_BINS));
            (scores.isRight(i) ? right : wrong)[bin]++;
        }
        List<Double> edges = IntStream.rangeClosed(0, HISTOGRAM_BINS)
                .mapToObj(i -> (double) i / HISTOGRAM_BINS)
                .toList();
        // Logarithmic heights would start nowhere; shares of each kind make both kinds visible.
        return Plot.of(
                "Confidence of right and wrong predictions",
                String.format(
                        Locale.ROOT,
                        "Share of the %,d right and of the %,d wrong predictions in each range of confidence.",
                        Arrays.stream(right).sum(),
                        Arrays.stream(wrong).sum()),
                Axis.linear("confidence").between(0, 1),
                Axis.linear("share of the predictions"),
                shares("right", edges, right),
                shares("wrong", edges, wrong));
    }

    /** The two kinds stand next to each other: each takes half of the width of a range. */
    private static Columns shares(String name, List<Double> edges, long[] counts) {
        double all = Math.max(1, Arrays.stream(counts).sum());
        boolean left = name.equals("right");
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            double middle = (edges.get(i) + edges.get(i + 1)) / 2;
            columns.add(new Column(left ? edges.get(i) : middle, left ? middle : edges.get(i + 1), counts[i] / all));
        }
        return new Columns(name, columns);
    }

    private static String[] row(String name, Calibration calibration) {
        return new String[] {
            name,
            Numbers.share(calibration.expectedCalibrationError()),
            Numbers.share(calibration.negativeLogLikelihood()),
            Numbers.share(calibration.brier())
        };
    }
}
