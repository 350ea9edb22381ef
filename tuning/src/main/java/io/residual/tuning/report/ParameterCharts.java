package io.residual.tuning.report;

import io.residual.report.chart.Axis;
import io.residual.report.chart.ColourScale;
import io.residual.report.chart.ParallelCoordinates;
import io.residual.report.chart.ParallelCoordinates.Strand;
import io.residual.report.chart.ParallelCoordinates.Weight;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.Scatter;
import io.residual.report.chart.Surface;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.trials.Ranking;
import io.residual.tuning.trials.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** Charts of how the first objective depends on the parameters, over the finished trials. */
record ParameterCharts(List<Parameter> parameters, Ranking ranking) {
    private static final int GRID = 24;
    private static final int LEVELS = 7;
    /** Width of the kernel by which the contour is smoothed, as a share of an axis. */
    private static final double BANDWIDTH = 0.12;

    private Objective objective() {
        return ranking.objectives().get(0);
    }

    private double value(Trial trial) {
        return Ranking.value(trial, objective());
    }

    /** A line for each finished trial through its values; parameters that do not count in some trials are skipped. */
    Optional<ParallelCoordinates> parallel() {
        List<Trial> finished = ranking.finished();
        List<ParameterAxis> axes = parameters.stream()
                .map(ParameterAxis::new)
                .filter(axis -> finished.stream()
                        .allMatch(trial -> axis.place(trial.assignment()).isPresent()))
                .toList();
        Optional<ColourScale> shades = shades(finished);
        if (axes.isEmpty() || shades.isEmpty()) {
            return Optional.empty();
        }
        long best = finished.get(0).number();
        List<Strand> strands = new ArrayList<>();
        for (Trial trial : finished) {
            List<Double> values = new ArrayList<>();
            axes.forEach(axis -> values.add(axis.place(trial.assignment()).orElseThrow()));
            values.add(value(trial));
            strands.add(new Strand(
                    values,
                    OptionalDouble.of(value(trial)),
                    TrialCharts.label(trial),
                    trial.number() == best ? Weight.HIGHLIGHTED : Weight.NORMAL));
        }
        List<Axis> all = new ArrayList<>(axes.stream().map(ParameterAxis::axis).toList());
        all.add(Axis.linear(objective().label()));
        return Optional.of(new ParallelCoordinates(
                "Parallel coordinates",
                "A line for each finished trial through its values to its objective, the best one thick.",
                all,
                strands,
                shades));
    }

    /** Empty if all values are equal, or there are none. */
    private Optional<ColourScale> shades(List<Trial> trials) {
        double low = trials.stream().mapToDouble(this::value).min().orElse(0);
        double high = trials.stream().mapToDouble(this::value).max().orElse(0);
        return low < high ? Optional.of(ColourScale.linear(objective().label(), low, high)) : Optional.empty();
    }

    /** For each parameter the objective of the finished trials by its value. */
    List<Plot> slices() {
        return parameters.stream()
                .map(ParameterAxis::new)
                .map(axis -> Plot.of(
                        axis.name(),
                        "The objective of the finished trials by their " + axis.name() + ".",
                        axis.axis(),
                        Axis.linear(objective().label()),
                        new Scatter("finished", dots(axis))))
                .toList();
    }

    private List<Scatter.Dot> dots(ParameterAxis axis) {
        return ranking.finished().stream()
                .filter(trial -> axis.place(trial.assignment()).isPresent())
                .map(trial -> new Scatter.Dot(
                        new Point(axis.place(trial.assignment()).orElseThrow(), value(trial)),
                        OptionalDouble.empty(),
                        TrialCharts.label(trial)))
                .toList();
    }

    /**
     * The objective over the first two parameters that lie on a line: the mean of the finished trials, each weighted by a
     * normal density around it (Nadaraya 1964, Watson 1964).
     *
     * @param byImportance names of parameters, the most important first
     */
    Optional<Plot> contour(List<String> byImportance) {
        List<ParameterAxis> axes = byImportance.stream()
                .flatMap(name -> parameters.stream().filter(p -> p.name().equals(name)))
                .map(ParameterAxis::new)
                .filter(ParameterAxis::isNumeric)
                .filter(axis -> axis.at(0) < axis.at(1))
                .limit(2)
                .toList();
        List<Trial> finished = ranking.finished();
        Optional<ColourScale> shades = shades(finished);
        if (axes.size() < 2 || shades.isEmpty()) {
            return Optional.empty();
        }
        ParameterAxis x = axes.get(0);
        ParameterAxis y = axes.get(1);
        List<Double> units =
                IntStream.range(0, GRID).mapToObj(i -> (double) i / (GRID - 1)).toList();
        List<List<Double>> values = units.stream()
                .map(v ->
                        units.stream().map(u -> smoothed(finished, x, y, u, v)).toList())
                .toList();
        ColourScale scale = shades.get();
        List<Double> levels = IntStream.rangeClosed(1, LEVELS)
                .mapToObj(i -> scale.low() + (scale.high() - scale.low()) * i / (LEVELS + 1))
                .toList();
        Surface surface = new Surface(places(x, units), places(y, units), values, levels);
        List<Point> tried = finished.stream()
                .filter(trial -> x.place(trial.assignment()).isPresent()
                        && y.place(trial.assignment()).isPresent())
                .map(trial -> new Point(
                        x.place(trial.assignment()).orElseThrow(),
                        y.place(trial.assignment()).orElseThrow()))
                .toList();
        return Optional.of(Plot.of(
                        x.name() + " and " + y.name(),
                        "The objective over the two settings that matter most among those that lie on a line, smoothed"
                                + " between the finished trials.",
                        x.axis(),
                        y.axis(),
                        surface,
                        Scatter.of("finished", tried))
                .colouredBy(scale));
    }

    /** The places of a grid; those of whole numbers, which may coincide, are set apart evenly. */
    private static List<Double> places(ParameterAxis axis, List<Double> units) {
        List<Double> places = units.stream().map(axis::at).toList();
        boolean rising = IntStream.range(1, places.size()).allMatch(i -> places.get(i - 1) < places.get(i));
        return rising
                ? places
                : units.stream()
                        .map(u -> axis.at(0) + u * (axis.at(1) - axis.at(0)))
                        .toList();
    }

    private double smoothed(List<Trial> trials, ParameterAxis x, ParameterAxis y, double u, double v) {
        double weights = 0;
        double sum = 0;
        for (Trial trial : trials) {
            double du = (x.unit(trial.assignment()) - u) / BANDWIDTH;
            double dv = (y.unit(trial.assignment()) - v) / BANDWIDTH;
            // The smallest weight holds places far from all trials at the mean of all.
            double weight = Math.exp(-0.5 * (du * du + dv * dv)) + 1e-9;
            weights += weight;
            sum += weight * value(trial);
        }
        return sum / weights;
    }
}
