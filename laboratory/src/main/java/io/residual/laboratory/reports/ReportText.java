package io.residual.laboratory.reports;

import io.residual.laboratory.experiments.Criterion;
import io.residual.laboratory.experiments.CriterionResult;
import io.residual.training.cli.Progress;
import java.util.Locale;

/** The table of verdicts for a terminal. */
final class ReportText {
    private ReportText() {}

    static String of(Report report) {
        StringBuilder text = new StringBuilder();
        for (Report.Entry entry : report.entries()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-9s %-10s seeds %s, %s of training: %s%n",
                    entry.heading(),
                    entry.result().verdict(),
                    entry.seeds(),
                    Progress.duration(entry.seconds()),
                    entry.experiment().claim().sentence()));
            for (CriterionResult result : entry.result().criteria()) {
                text.append(String.format(
                        Locale.ROOT,
                        "          %-10s %s: %s%s%n",
                        result.verdict(),
                        result.criterion().effect(),
                        result.text(),
                        result.criterion().role() == Criterion.Role.SECONDARY ? " (secondary)" : ""));
            }
        }
        for (PublishedRun run : report.runs()) {
            text.append(String.format(
                    Locale.ROOT, "Run %s     %s: %s (%s)%n", run.run(), run.preset(), run.outcome(), run.command()));
        }
        return text.toString();
    }
}
