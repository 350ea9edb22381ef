package io.residual.laboratory.reports;

import io.residual.laboratory.experiments.Criterion;
import io.residual.laboratory.experiments.CriterionResult;
import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.Results;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.report.page.Block;
import io.residual.report.page.Page;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.training.run.MeanInterval;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** The report as one self-contained page. */
final class ReportPage {
    private ReportPage() {}

    static Page of(Report report) {
        Page page = Page.of(
                        report.title(),
                        "Claims about residual networks, tested by experiment; budget: " + report.budget())
                .with(Section.of("Verdicts").table(verdicts(report)).text(Report.readingGuide()));
        for (Report.Entry entry : report.entries()) {
            page = page.with(section(entry));
        }
        if (!report.runs().isEmpty()) {
            page = page.with(Section.of("Published runs").table(runs(report)));
        }
        return page.with(Section.of("Origin").text(report.provenance()));
    }

    static Table verdicts(Report report) {
        Table table = Table.of(
                "The claims and the verdicts of the experiments.",
                Table.Column.text("claim"),
                Table.Column.text("verdict"),
                Table.Column.text("what it means"),
                Table.Column.text("what decided"),
                Table.Column.number("seeds"));
        for (Report.Entry entry : report.entries()) {
            table = table.row(
                    entry.heading() + ": " + entry.experiment().claim().sentence(),
                    entry.result().verdict().toString(),
                    entry.meaning(),
                    deciding(entry),
                    entry.seeds());
        }
        return table;
    }

    /** The primary effects with their intervals. */
    private static String deciding(Report.Entry entry) {
        return String.join(
                "; ",
                entry.result().primary().stream()
                        .map(primary -> primary.criterion().effect() + ": " + primary.text())
                        .toList());
    }

    private static Section section(Report.Entry entry) {
        Section section = introduced(entry)
                .note(entry.experiment().claim().sentence())
                .text(entry.result().verdict() + ". " + entry.meaning() + " "
                        + entry.experiment().method())
                .table(effects(entry));
        if (!entry.result().charts().isEmpty()) {
            section = section.with(new Block.Charts(entry.result().charts()));
        }
        return section.code("command that repeats this", entry.chapter().command())
                .details("Every arm", new Block.TableBlock(arms(entry)));
    }

    private static Section introduced(Report.Entry entry) {
        Section section = Section.of(entry.heading());
        String introduction = entry.chapter().introduction();
        return introduction.isEmpty() ? section : section.text(introduction);
    }

    static Table effects(Report.Entry entry) {
        Table table = Table.of(
                "Effects: mean over seeds with its 95 % interval.",
                Table.Column.text("effect"),
                Table.Column.text("expected"),
                Table.Column.text("measured"),
                Table.Column.text("verdict"));
        for (CriterionResult result : entry.result().criteria()) {
            Criterion criterion = result.criterion();
            table = table.row(
                    criterion.effect() + (criterion.role() == Criterion.Role.SECONDARY ? " (secondary)" : ""),
                    criterion.expectation().name().toLowerCase(Locale.ROOT) + " "
                            + CriterionResult.number(criterion.bound()),
                    result.text(),
                    result.verdict() + missingSeeds(result));
        }
        return table;
    }

    /** Such as ": 7 seeds of this deviation would decide"; empty if the seeds decide, or if too many would be needed. */
    static String missingSeeds(CriterionResult result) {
        OptionalInt seeds = result.seedsToDecide();
        return seeds.isPresent() ? ": " + seeds.getAsInt() + " seeds of this deviation would decide" : "";
    }

    private static Table arms(Report.Entry entry) {
        Table table = Table.of(
                "Every arm: means over the finished seeds, with 95 % intervals if there are several.",
                Table.Column.text("arm"),
                Table.Column.text("held-out accuracy"),
                Table.Column.text("training accuracy"),
                Table.Column.number("diverged"));
        Results results = entry.result().results();
        if (results.seeds().isEmpty()) {
            return table;
        }
        for (Arm arm : entry.experiment().arms()) {
            long diverged = results.seeds().stream()
                    .filter(seed -> results.of(arm.name(), seed).diverged())
                    .count();
            table = table.row(
                    arm.name(),
                    accuracy(results.values(arm.name(), TrainingResult::accuracy)),
                    accuracy(results.values(arm.name(), TrainingResult::trainAccuracy)),
                    Long.toString(diverged));
        }
        return table;
    }

    private static String accuracy(List<Double> values) {
        return MeanInterval.of(values)
                .map(i -> String.format(Locale.ROOT, "%.4f (%.4f to %.4f)", i.mean(), i.low(), i.high()))
                .orElseGet(() -> String.format(Locale.ROOT, "%.4f", values.get(0)));
    }

    static Table runs(Report report) {
        Table table = Table.of(
                "Runs A and B of the notes, reproduced by a command of their own.",
                Table.Column.text("run"),
                Table.Column.text("preset"),
                Table.Column.text("outcome"),
                Table.Column.text("command"));
        for (PublishedRun run : report.runs()) {
            table = table.row(run.run(), run.preset(), run.outcome(), run.command());
        }
        return table;
    }
}
