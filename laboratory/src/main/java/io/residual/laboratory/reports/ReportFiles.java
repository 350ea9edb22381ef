package io.residual.laboratory.reports;

import io.residual.laboratory.experiments.Criterion;
import io.residual.laboratory.experiments.CriterionResult;
import io.residual.training.cli.OutputFile;
import io.residual.training.cli.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The files of a report. */
public final class ReportFiles {
    private ReportFiles() {}

    /**
     * Writes NAME.json, NAME.html, and NAME.md with its charts in the folder NAME.
     *
     * @return the table of verdicts for a terminal
     * @throws io.residual.core.ResidualException of kind BAD_RUN if they cannot be written
     */
    public static String write(Report report, Path directory, String name) {
        write(directory.resolve(name + ".json"), ReportJson.of(report));
        write(directory.resolve(name + ".html"), ReportPage.of(report).toHtml());
        writeDocument(report, directory.resolve(name + ".md"));
        return ReportText.of(report);
    }

    /**
     * Writes the Markdown document, with its charts in a folder of its name beside it.
     *
     * @param file that ends in .md
     * @throws io.residual.core.ResidualException of kind BAD_RUN if it cannot be written
     */
    public static void writeDocument(Report report, Path file) {
        String folder = String.valueOf(file.getFileName()).replaceFirst("\\.md$", "");
        for (ReportMarkdown.Chart chart : ReportMarkdown.charts(report)) {
            write(file.resolveSibling(folder).resolve(chart.name()), chart.svg());
        }
        write(file, ReportMarkdown.of(report, folder));
    }

    private static void write(Path file, String text) {
        OutputFile.createDirectory(file.toAbsolutePath().resolveSibling(""), "give another one");
        OutputFile.write(file, text, "is it writable?");
    }

    /** The table of verdicts for a terminal. */
    static final class ReportText {
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
                text.append("          ").append(entry.meaning()).append(System.lineSeparator());
                for (CriterionResult result : entry.result().criteria()) {
                    text.append(String.format(
                            Locale.ROOT,
                            "          %-10s %s: %s%s%s%n",
                            result.verdict(),
                            result.criterion().effect(),
                            result.text(),
                            result.criterion().role() == Criterion.Role.SECONDARY ? " (secondary)" : "",
                            ReportPage.missingSeeds(result)));
                }
            }
            for (PublishedRun run : report.runs()) {
                text.append(String.format(
                        Locale.ROOT,
                        "Run %s     %s: %s (%s)%n",
                        run.run(),
                        run.preset(),
                        run.outcome(),
                        run.command()));
            }
            return text.toString();
        }
    }

    /** The report as Markdown, with its charts as files in a folder. */
    static final class ReportMarkdown {
        private ReportMarkdown() {}

        /**
         * A chart of the document.
         *
         * @param name of the file
         * @param svg content of the file
         */
        record Chart(String name, String svg) {}

        /** The charts, in the order of the document. */
        static List<Chart> charts(Report report) {
            List<Chart> charts = new ArrayList<>();
            for (Report.Entry entry : report.entries()) {
                for (int i = 0; i < entry.result().charts().size(); i++) {
                    charts.add(new Chart(
                            entry.chartFile(i), entry.result().charts().get(i).toSvgFile()));
                }
            }
            return charts;
        }

        /**
         * The document.
         *
         * @param folder of the charts, relative to the document
         */
        static String of(Report report, String folder) {
            StringBuilder text = new StringBuilder("# " + report.title() + "\n\n" + Report.readingGuide()
                    + "\n\nBudget: " + report.budget() + ". " + report.provenance() + ".\n\n");
            text.append(ReportPage.verdicts(report).toMarkdown());
            for (Report.Entry entry : report.entries()) {
                text.append("\n## ").append(entry.heading()).append("\n\n");
                if (!entry.chapter().introduction().isEmpty()) {
                    text.append(entry.chapter().introduction()).append("\n\n");
                }
                text.append("> ").append(entry.experiment().claim().sentence()).append("\n\n");
                text.append("**").append(entry.result().verdict()).append(".** ");
                text.append(entry.meaning()).append("\n\n");
                text.append(entry.experiment().method()).append("\n\n");
                text.append(ReportPage.effects(entry).toMarkdown());
                for (int i = 0; i < entry.result().charts().size(); i++) {
                    text.append("\n![")
                            .append(entry.result().charts().get(i).description())
                            .append("](")
                            .append(folder)
                            .append('/')
                            .append(entry.chartFile(i))
                            .append(")\n");
                }
                text.append("\n```sh\n").append(entry.chapter().command()).append("\n```\n");
            }
            if (!report.runs().isEmpty()) {
                text.append("\n## Published runs\n\n");
                text.append(ReportPage.runs(report).toMarkdown());
            }
            return text.toString();
        }
    }
}
