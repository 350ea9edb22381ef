package io.residual.laboratory.landscape;

import io.residual.report.Numbers;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Chart;
import io.residual.report.chart.ColourScale;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.Scatter;
import io.residual.report.chart.Surface;
import io.residual.report.page.Block.Charts;
import io.residual.report.page.Block.Facts;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.Page;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** The page of loss landscapes: a contour chart of each network, and a section through it. */
final class LandscapePage {
    private static final int CONTOURS = 12;
    private static final int DIGITS = 3;
    /** Lower losses are drawn as this one: a logarithmic scale has no zero. */
    private static final double MIN_LOSS = 1e-3;

    private final LandscapeResult result;
    private final double low;
    private final double high;

    private LandscapePage(LandscapeResult result) {
        this.result = result;
        this.low = Math.max(MIN_LOSS, losses().min().orElse(MIN_LOSS));
        this.high = Math.max(2 * low, losses().max().orElse(1));
    }

    private DoubleStream losses() {
        return result.landscapes().stream()
                .flatMap(landscape -> landscape.losses().stream())
                .flatMap(List::stream)
                .flatMapToDouble(OptionalDouble::stream);
    }

    static Page of(LandscapeResult result) {
        LandscapePage page = new LandscapePage(result);
        return Page.of(
                        "The loss around trained weights",
                        "How the training loss rises when all weights of a network are moved away from their trained"
                                + " values, along two random directions.")
                .with(page.contours())
                .with(page.cuts())
                .with(page.method());
    }

    private Section contours() {
        List<Fact> facts = new ArrayList<>();
        List<Chart> charts = new ArrayList<>();
        for (Landscape landscape : result.landscapes()) {
            facts.add(new Fact(
                    landscape.subject().name(),
                    String.format(Locale.ROOT, "%.0f %%", 100 * landscape.shareBelow(landscape.guess())),
                    "of the plane is better than a guess"));
            charts.add(contour(landscape));
        }
        return Section.of("The plane")
                .text("The weights that training found are in the middle. A step of 1 along an axis moves every"
                        + " filter by a random direction as long as the filter itself, so that networks can be"
                        + " compared. Round contours and a wide valley are easy ground for gradient descent;"
                        + " jagged contours and steep walls are not. Li et al. (2018) found deep networks chaotic"
                        + " without shortcuts and smooth with them.")
                .with(new Facts(facts))
                .with(new Charts(charts));
    }

    private Chart contour(Landscape landscape) {
        List<List<Double>> values = landscape.losses().stream()
                .map(row -> row.stream()
                        .map(loss -> Math.max(low, loss.orElse(high)))
                        .toList())
                .toList();
        List<Double> levels = new ArrayList<>();
        for (int i = 1; i < CONTOURS; i++) {
            levels.add(low * Math.pow(high / low, (double) i / CONTOURS));
        }
        return Plot.of(
                        "Training loss around " + landscape.subject().name(),
                        "After " + landscape.training() + ". In the middle the loss is " + text(landscape.centre())
                                + " nats; shades and contours are logarithmic, and the same in all charts here.",
                        along("first direction", landscape),
                        along("second direction", landscape),
                        new Surface(landscape.places(), landscape.places(), values, levels),
                        Scatter.of("", List.of(new Point(0, 0))))
                .colouredBy(ColourScale.log("loss, nats", low, high));
    }

    private static Axis along(String label, Landscape landscape) {
        List<Double> places = landscape.places();
        return Axis.linear(label).between(places.get(0), places.get(places.size() - 1));
    }

    private static String text(OptionalDouble loss) {
        return loss.isPresent() ? Numbers.of(loss.getAsDouble(), DIGITS) : "no number";
    }

    private Section cuts() {
        List<Line> lines = new ArrayList<>();
        for (Landscape landscape : result.landscapes()) {
            List<Double> places = landscape.places();
            List<OptionalDouble> row = landscape.losses().get(places.indexOf(0.0));
            List<Point> points = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                if (row.get(i).isPresent()) {
                    points.add(new Point(places.get(i), row.get(i).getAsDouble()));
                }
            }
            lines.add(Line.marked(landscape.subject().name(), points));
        }
        return Section.of("A cut through the middle")
                .with(new Charts(List.of(Plot.of(
                        "Training loss along the first direction",
                        "The middle row of the charts above. That of a guess is "
                                + Numbers.of(result.landscapes().get(0).guess(), 2) + ".",
                        Axis.linear("first direction"),
                        Axis.log("loss, nats"),
                        lines))));
    }

    private Section method() {
        Table networks = Table.of(
                "The networks",
                Column.text("network"),
                Column.text("training"),
                Column.number("loss in the middle"),
                Column.number("accuracy there"));
        for (Landscape landscape : result.landscapes()) {
            networks = networks.row(
                    landscape.subject().name(),
                    landscape.training(),
                    text(landscape.centre()),
                    Numbers.of(landscape.accuracy(), DIGITS));
        }
        return Section.of("How it was sampled")
                .text(String.format(
                        Locale.ROOT,
                        "The loss is the mean over the same %d training images everywhere, in inference mode with the"
                                + " running statistics of training. Directions are drawn from a normal distribution and"
                                + " scaled filter by filter; batch norms and biases stay (Li et al. 2018, section 4).",
                        result.images()))
                .table(networks)
                .table(Table.of("Where the numbers come from", Column.text("what"), Column.text("value"))
                        .row("command", result.command())
                        .rows(result.versions().rows()));
    }
}
