package io.residual.evaluation.report;

import io.residual.evaluation.metrics.OneVersusRest;
import io.residual.evaluation.metrics.OneVersusRest.CurvePoint;
import io.residual.report.Numbers;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How well the probability of each class separates its images from the rest. */
final class CurveSection {
    /** Points closer than half a pixel of the chart do not show. */
    private static final double RESOLUTION = 1 / 1000.0;

    private CurveSection() {}

    static Section section(Evaluation evaluation) {
        List<String> names = evaluation.model().classes();
        Table table = Table.of(
                "Areas under the curves",
                Column.text("class"),
                Column.number("ROC AUC"),
                Column.number("average precision"));
        List<Line> roc = new ArrayList<>();
        List<Line> precisionRecall = new ArrayList<>();
        for (int c = 0; c < names.size(); c++) {
            Optional<OneVersusRest> rest = OneVersusRest.of(evaluation.scores(), c);
            String name = names.get(c);
            rest.ifPresent(r -> roc.add(Line.plain(name, thinned(r.roc()))));
            rest.ifPresent(r -> precisionRecall.add(Line.plain(name, thinned(r.precisionRecall()))));
            table = table.row(
                    name,
                    rest.map(r -> Numbers.share(r.auc())).orElse("n/a"),
                    rest.map(r -> Numbers.share(r.averagePrecision())).orElse("n/a"));
        }
        return Section.of("Curves")
                .text("Each class against the rest, at every threshold of its probability. The left half of the axis of"
                        + " false positives is where classifiers differ.")
                .charts(
                        Plot.of(
                                        "ROC",
                                        "True positive rate over false positive rate; the closer to the upper left"
                                                + " corner, the better. The diagonal is chance.",
                                        Axis.linear("false positive rate").between(0, 1),
                                        Axis.linear("true positive rate").between(0, 1),
                                        roc)
                                .with(Line.dimmed(List.of(new Point(0, 0), new Point(1, 1)))),
                        Plot.of(
                                "Precision and recall",
                                "Precision over recall; the closer to the upper right corner, the better.",
                                Axis.linear("recall").between(0, 1),
                                Axis.linear("precision").between(0, 1),
                                precisionRecall))
                .table(table);
    }

    private static List<Point> thinned(List<CurvePoint> curve) {
        List<Point> thinned = new ArrayList<>();
        for (int i = 0; i < curve.size(); i++) {
            CurvePoint point = curve.get(i);
            boolean end = i == 0 || i == curve.size() - 1;
            if (end || far(thinned.get(thinned.size() - 1), point)) {
                thinned.add(new Point(point.x(), point.y()));
            }
        }
        return thinned;
    }

    private static boolean far(Point last, CurvePoint point) {
        return Math.abs(last.x() - point.x()) + Math.abs(last.y() - point.y()) > 2 * RESOLUTION;
    }
}
