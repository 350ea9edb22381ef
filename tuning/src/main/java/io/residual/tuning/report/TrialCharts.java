package io.residual.tuning.report;

import io.residual.report.chart.Axis;
import io.residual.report.chart.Layer;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.Scatter;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.trials.Ranking;
import io.residual.tuning.trials.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/** Charts of trials in the order of time: the history, the learning curves, the trade-off. */
record TrialCharts(Ranking ranking) {
    private static final int NAMED_CURVES = 5;

    private Objective first() {
        return ranking.objectives().get(0);
    }

    /** Every trial's value by its number, and the best so far. */
    Plot history() {
        List<Trial> finished = byNumber(ranking.finished());
        List<Scatter.Dot> stopped = ranking.trials().stream()
                .filter(trial -> trial.state() != TrialState.DONE && trial.epochs() > 0)
                .map(trial -> dot((double) trial.number(), first(), trial))
                .toList();
        List<Point> best = new ArrayList<>();
        double lowestLoss = Double.POSITIVE_INFINITY;
        for (Trial trial : finished) {
            double loss = first().direction().loss(Ranking.value(trial, first()));
            if (loss < lowestLoss) {
                lowestLoss = loss;
                best.add(new Point((double) trial.number(), Ranking.value(trial, first())));
            } else if (!best.isEmpty()) {
                best.add(new Point(
                        (double) trial.number(), best.get(best.size() - 1).y()));
            }
        }
        List<Layer> layers = new ArrayList<>();
        layers.add(Line.plain("best so far", best));
        layers.add(new Scatter(
                "finished",
                finished.stream()
                        .map(trial -> dot((double) trial.number(), first(), trial))
                        .toList()));
        if (!stopped.isEmpty()) {
            layers.add(new Scatter("stopped, paused or running", stopped));
        }
        return Plot.of(
                "History",
                "The value of each trial, in the order in which they were proposed, and the best so far.",
                Axis.linear("trial"),
                Axis.linear(first().label()),
                layers);
    }

    private static List<Trial> byNumber(List<Trial> trials) {
        return trials.stream().sorted(Comparator.comparingLong(Trial::number)).toList();
    }

    private static Scatter.Dot dot(double x, Objective objective, Trial trial) {
        return new Scatter.Dot(new Point(x, Ranking.value(trial, objective)), OptionalDouble.empty(), label(trial));
    }

    static String label(Trial trial) {
        return "trial " + trial.number() + " (" + trial.state().label() + "): " + AssignmentText.of(trial.assignment());
    }

    /** The objective by epochs: the best trials named, all others dimmed. */
    Plot curves() {
        List<Trial> best = ranking.finished().stream().limit(NAMED_CURVES).toList();
        Set<Long> named = best.stream().map(Trial::number).collect(Collectors.toSet());
        List<Layer> layers = new ArrayList<>();
        ranking.trials().stream()
                .filter(trial -> !named.contains(trial.number()) && trial.epochs() > 0)
                .forEach(trial -> layers.add(Line.dimmed(curve(trial))));
        best.forEach(trial -> layers.add(Line.plain("trial " + trial.number(), curve(trial))));
        return Plot.of(
                "Learning curves",
                "The objective after each epoch: the best trials in colour, the others in grey"
                        + (ranking.count(TrialState.PRUNED) > 0 ? ", many of them stopped early." : "."),
                Axis.linear("epoch"),
                Axis.linear(first().label()),
                layers);
    }

    private List<Point> curve(Trial trial) {
        List<Point> points = new ArrayList<>();
        for (int epoch = 1; epoch <= trial.epochs(); epoch++) {
            points.add(new Point(epoch, trial.mean(epoch, first()::of).orElseThrow()));
        }
        return points;
    }

    /** One objective against the other, with the front; empty if there is one objective alone. */
    Optional<Plot> front() {
        if (ranking.objectives().size() < 2 || ranking.finished().isEmpty()) {
            return Optional.empty();
        }
        Objective second = ranking.objectives().get(1);
        List<Point> front = ranking.front().stream()
                .map(trial -> new Point(Ranking.value(trial, second), Ranking.value(trial, first())))
                .sorted(Comparator.comparingDouble(Point::x))
                .toList();
        List<Scatter.Dot> dots = ranking.finished().stream()
                .map(trial -> dot(Ranking.value(trial, second), first(), trial))
                .toList();
        return Optional.of(Plot.of(
                "Trade-off",
                "Each finished trial by its two objectives. No trial is better than one of the front in one objective"
                        + " without being worse in the other.",
                Axis.linear(second.label()),
                Axis.linear(first().label()),
                new Scatter("finished", dots),
                Line.marked("Pareto front", front)));
    }
}
