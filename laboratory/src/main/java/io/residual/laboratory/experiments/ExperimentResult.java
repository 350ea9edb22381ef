package io.residual.laboratory.experiments;

import io.residual.report.chart.Chart;
import java.util.List;

/**
 * An experiment and its outcome.
 *
 * @param results of the seeds that are finished, maybe none
 * @param criteria in the order of the experiment
 */
public record ExperimentResult(Experiment experiment, Results results, List<CriterionResult> criteria) {
    public ExperimentResult {
        criteria = List.copyOf(criteria);
    }

    /** Evaluates an experiment's criteria on results. */
    public static ExperimentResult of(Experiment experiment, Results results) {
        return new ExperimentResult(
                experiment,
                results,
                experiment.criteria().stream()
                        .map(criterion -> criterion.evaluate(results))
                        .toList());
    }

    /** The verdict on the claim, by the primary criteria. */
    public Verdict verdict() {
        return Verdict.ofAll(primary().stream().map(CriterionResult::verdict).toList());
    }

    /** What the verdict depends on. */
    public List<CriterionResult> primary() {
        return criteria.stream()
                .filter(result -> result.criterion().role() == Criterion.Role.PRIMARY)
                .toList();
    }

    /** Charts of the results, none without results. */
    public List<Chart> charts() {
        return results.seeds().isEmpty() ? List.of() : experiment.charts(results);
    }
}
