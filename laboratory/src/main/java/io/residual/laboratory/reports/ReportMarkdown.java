package io.residual.laboratory.reports;

import java.util.ArrayList;
import java.util.List;

/** The report as Markdown, with its charts as files in a folder. */
final class ReportMarkdown {
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
                charts.add(
                        new Chart(name(entry, i), entry.result().charts().get(i).toSvgFile()));
            }
        }
        return charts;
    }

    private static String name(Report.Entry entry, int chart) {
        return "claim-" + entry.experiment().claim().number() + "-" + (chart + 1) + ".svg";
    }

    /**
     * The document.
     *
     * @param folder of the charts, relative to the document
     */
    static String of(Report report, String folder) {
        StringBuilder text = new StringBuilder("# " + report.title() + "\n\n" + Report.readingGuide() + "\n\nBudget: "
                + report.budget() + ". " + report.provenance() + ".\n\n");
        text.append(ReportPage.verdicts(report).toMarkdown());
        for (Report.Entry entry : report.entries()) {
            text.append("\n## ").append(entry.heading()).append("\n\n");
            text.append("> ").append(entry.experiment().claim().sentence()).append("\n\n");
            text.append("**").append(entry.result().verdict()).append(".** ");
            text.append(entry.experiment().method()).append("\n\n");
            text.append(ReportPage.effects(entry).toMarkdown());
            for (int i = 0; i < entry.result().charts().size(); i++) {
                text.append("\n![")
                        .append(entry.result().charts().get(i).description())
                        .append("](")
                        .append(folder)
                        .append('/')
                        .append(name(entry, i))
                        .append(")\n");
            }
            text.append("\n```sh\n").append(entry.command()).append("\n```\n");
        }
        if (!report.runs().isEmpty()) {
            text.append("\n## Published runs\n\n");
            text.append(ReportPage.runs(report).toMarkdown());
        }
        return text.toString();
    }
}
