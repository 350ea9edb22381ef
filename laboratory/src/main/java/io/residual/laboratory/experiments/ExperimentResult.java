package io.residual.laboratory.experiments;

import io.residual.report.chart.Chart;
import java.util.List;

/**
 * An experiment and what came of it.
 *
 * @param results of the seeds that are finished, maybe none
 */
public record ExperimentResult(Experiment experiment, Results results, List<CriterionResult> findings) {
    public ExperimentResult {
        findings = List.copyOf(findings);
    }

    /** Judges results. */
    public static ExperimentResult of(Experiment experiment, Results results) {
        return new ExperimentResult(
                experiment,
                results,
                experiment.criteria().stream()
                        .map(criterion -> criterion.judge(results))
                        .toList());
    }

    /** The verdict on the claim, by the criteria that decide. */
    public Verdict verdict() {
        return Verdict.ofAll(findings.stream()
                .filter(finding -> finding.criterion().role() == Criterion.Role.DECIDES)
                .map(CriterionResult::verdict)
                .toList());
    }

    /** Pictures of the results, none without results. */
    public List<Chart> charts() {
        return results.seeds().isEmpty() ? List.of() : experiment.charts(results);
    }
}
