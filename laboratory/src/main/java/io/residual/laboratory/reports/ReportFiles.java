package io.residual.laboratory.reports;

import io.residual.training.cli.OutputFile;
import java.nio.file.Path;

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
}
