package io.residual.evaluation.report;

import io.residual.report.chart.Axis;
import io.residual.report.chart.Layer;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.ReferenceLine;
import io.residual.report.page.Section;
import io.residual.training.config.Monitor;
import io.residual.training.loop.EpochMetrics;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The training of the run, epoch by epoch. */
final class TrainingSection {
    private TrainingSection() {}

    static Section section(List<EpochMetrics> epochs, Monitor monitor) {
        EpochMetrics last = epochs.get(epochs.size() - 1);
        EpochMetrics best = EpochMetrics.best(epochs, monitor).orElseThrow();
        ReferenceLine rule = ReferenceLine.vertical(best.epoch(), "best");
        return Section.of("Training")
                .text(String.format(
                        Locale.ROOT,
                        "%d epochs, %,.0f s. Best %s: epoch %d with %.4f. The training numbers are those of the"
                                + " steps themselves, while the weights changed.",
                        last.epoch(),
                        epochs.stream().mapToDouble(EpochMetrics::epochSeconds).sum(),
                        monitor.description(),
                        best.epoch(),
                        best.value(monitor)))
                .charts(
                        plot(
                                "Loss",
                                String.format(
                                        Locale.ROOT,
                                        "Cross entropy after each epoch; at the end %.4f in training, %.4f on"
                                                + " validation.",
                                        last.trainLoss(),
                                        last.validationLoss()),
                                "loss, nats",
                                line("training", epochs, EpochMetrics::trainLoss),
                                line("validation", epochs, EpochMetrics::validationLoss),
                                rule),
                        plot(
                                "Accuracy",
                                String.format(
                                        Locale.ROOT,
                                        "Accuracy after each epoch; at the end %.4f in training, %.4f on validation.",
                                        last.trainAccuracy(),
                                        last.validationAccuracy()),
                                "accuracy",
                                line("training", epochs, EpochMetrics::trainAccuracy),
                                line("validation", epochs, EpochMetrics::validationAccuracy),
                                rule.withLabelAtBottom()),
                        plot(
                                "Learning rate",
                                "The learning rate at the end of each epoch.",
                                "learning rate",
                                line("learning rate", epochs, EpochMetrics::learningRate)),
                        plot(
                                "Speed",
                                "Training images per second, validation not counted.",
                                "images/s",
                                line("images/s", epochs, EpochMetrics::imagesPerSecond)));
    }

    private static Plot plot(String title, String description, String quantity, Layer... layers) {
        return Plot.of(title, description, Axis.linear("epoch"), Axis.linear(quantity), layers);
    }

    private static Line line(String name, List<EpochMetrics> epochs, ToDoubleFunction<EpochMetrics> value) {
        List<Point> points = epochs.stream()
                .map(epoch -> new Point(epoch.epoch(), value.applyAsDouble(epoch)))
                .toList();
        // Marks of many epochs would hide the line.
        return epochs.size() > 40 ? Line.plain(name, points) : Line.marked(name, points);
    }
}
