package io.residual.tuning.report;

import io.residual.report.chart.Axis;
import io.residual.report.chart.BarChart;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.trials.Ranking;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * How much of the first objective's variance each parameter explains alone.
 *
 * @param trials that had all their epochs, of which the shares are
 * @param largestFirst by parameter
 */
record ParameterImportance(int trials, List<Map.Entry<String, Double>> largestFirst) {
    /** Of the forest; equal tables give equal pages. */
    private static final long SEED = 1;

    /** Kept here, or its level would be forgotten: Tribuo logs each of its trees to the console. */
    private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

    static {
        TRIBUO.setLevel(Level.WARNING);
    }

    ParameterImportance {
        largestFirst = List.copyOf(largestFirst);
    }

    /** Empty if the trials show nothing. */
    static ParameterImportance of(SearchSpace space, Ranking ranking) {
        Objective first = ranking.objectives().get(0);
        List<Observation> finished = ranking.finished().stream()
                .map(trial ->
                        Observation.done(trial.number(), trial.assignment(), List.of(Ranking.value(trial, first))))
                .toList();
        return new ParameterImportance(
                finished.size(),
                FanovaImportance.of(space, finished, first.direction(), SEED).entrySet().stream()
                        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                        .toList());
    }

    List<String> names() {
        return largestFirst.stream().map(Map.Entry::getKey).toList();
    }

    /** What matters, in a sentence. */
    String sentence() {
        Map.Entry<String, Double> first = largestFirst.get(0);
        double together =
                1 - largestFirst.stream().mapToDouble(Map.Entry::getValue).sum();
        return String.format(
                Locale.ROOT,
                "%s matters most: alone it explains %.0f %% of how the objective varies over the space. %.0f %% is due"
                        + " to settings acting together, or to chance. Estimated from %d finished trials.",
                first.getKey(),
                100 * first.getValue(),
                100 * Math.max(0, together),
                trials);
    }

    BarChart chart() {
        return new BarChart(
                "Importance",
                "Share of the objective's variance that each setting explains alone: functional analysis of variance"
                        + " on a forest of regression trees (Hutter et al. 2014).",
                Axis.linear("share of the variance").between(0, 1),
                names(),
                List.of(new BarChart.Bars(
                        "share",
                        largestFirst.stream()
                                .map(entry -> BarChart.Bar.of(entry.getValue()))
                                .toList())));
    }
}
