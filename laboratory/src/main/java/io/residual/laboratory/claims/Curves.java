package io.residual.laboratory.claims;

import io.residual.laboratory.experiments.Results;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.report.chart.Band;
import io.residual.report.chart.BarChart;
import io.residual.report.chart.Layer;
import io.residual.report.chart.Line;
import io.residual.report.chart.Point;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Lines and bars of the means over seeds, with bands and whiskers from the lowest seed to the highest. */
final class Curves {
    private Curves() {}

    /**
     * A line with its band.
     *
     * @param xs places on the horizontal axis, rising
     * @param arm name of the arm at a place
     */
    static <T extends Number> List<Layer> of(
            String name, List<T> xs, Function<T, String> arm, Results results, ToDoubleFunction<TrainingResult> value) {
        List<Point> means = new ArrayList<>();
        List<Band.Slice> spread = new ArrayList<>();
        for (T x : xs) {
            List<Double> values = results.values(arm.apply(x), value);
            means.add(new Point(x.doubleValue(), results.mean(arm.apply(x), value)));
            spread.add(new Band.Slice(x.doubleValue(), Collections.min(values), Collections.max(values)));
        }
        return List.of(Line.marked(name, means), Band.around(spread));
    }

    /** A bar with its whiskers. */
    static BarChart.Bar bar(Results results, String arm, ToDoubleFunction<TrainingResult> value) {
        List<Double> values = results.values(arm, value);
        return BarChart.Bar.of(results.mean(arm, value), Collections.min(values), Collections.max(values));
    }
}
