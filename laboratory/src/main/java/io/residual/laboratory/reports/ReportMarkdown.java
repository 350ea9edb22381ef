package io.residual.laboratory.reports;

import io.residual.report.page.Table;
import java.util.ArrayList;
import java.util.List;

/** The report as Markdown whose pictures are files beside it. */
final class ReportMarkdown {
    private ReportMarkdown() {}

    /**
     * A picture of the document.
     *
     * @param name of the file
     * @param svg content of the file
     */
    record Picture(String name, String svg) {}

    /** The pictures, in the order of the document. */
    static List<Picture> pictures(Report report) {
        List<Picture> pictures = new ArrayList<>();
        for (Report.Entry entry : report.entries()) {
            for (int i = 0; i < entry.conclusion().charts().size(); i++) {
                pictures.add(new Picture(
                        name(entry, i), entry.conclusion().charts().get(i).toSvgFile()));
            }
        }
        return pictures;
    }

    private static String name(Report.Entry entry, int chart) {
        return "claim-" + entry.experiment().claim().number() + "-" + (chart + 1) + ".svg";
    }

    /**
     * The document.
     *
     * @param folder of the pictures, relative to the document
     */
    static String of(Report report, String folder) {
        StringBuilder text = new StringBuilder("# " + report.title() + "\n\n" + Report.reading() + "\n\nBudget: "
                + report.budget() + ". " + report.origin() + ".\n\n");
        text.append("| claim | verdict | what decided | seeds |\n|---|---|---|---|\n");
        for (Report.Entry entry : report.entries()) {
            row(
                    text,
                    List.of(
                            entry.heading() + ": " + entry.experiment().claim().sentence(),
                            entry.conclusion().verdict().toString(),
                            ReportPage.deciding(entry),
                            entry.seeds()));
        }
        for (Report.Entry entry : report.entries()) {
            text.append("\n## ").append(entry.heading()).append("\n\n");
            text.append("> ").append(entry.experiment().claim().sentence()).append("\n\n");
            text.append("**").append(entry.conclusion().verdict()).append(".** ");
            text.append(entry.experiment().method()).append("\n\n");
            table(text, ReportPage.findings(entry));
            for (int i = 0; i < entry.conclusion().charts().size(); i++) {
                text.append("\n![")
                        .append(entry.conclusion().charts().get(i).description())
                        .append("](")
                        .append(folder)
                        .append('/')
                        .append(name(entry, i))
                        .append(")\n");
            }
            text.append("\n```sh\n").append(entry.command()).append("\n```\n");
        }
        if (!report.runs().isEmpty()) {
            text.append("\n## Published runs\n\n| run | preset | outcome | command |\n|---|---|---|---|\n");
            report.runs()
                    .forEach(run ->
                            row(text, List.of(run.run(), run.preset(), run.outcome(), "`" + run.command() + "`")));
        }
        return text.toString();
    }

    private static void table(StringBuilder text, Table table) {
        row(text, table.columns().stream().map(Table.Column::name).toList());
        row(text, table.columns().stream().map(column -> "---").toList());
        table.rows().forEach(cells -> row(text, cells));
    }

    private static void row(StringBuilder text, List<String> cells) {
        text.append("| ")
                .append(String.join(
                        " | ", cells.stream().map(c -> c.replace("|", "\\|")).toList()))
                .append(" |\n");
    }
}
