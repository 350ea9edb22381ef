package io.residual.laboratory.reports;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.cli.OutputFile;
import java.nio.file.Path;

/** The files of a report. */
public final class ReportFiles {
    private ReportFiles() {}

    /**
     * Writes NAME.json, NAME.html, and NAME.md with its pictures in the folder NAME.
     *
     * @return the table of verdicts for a terminal
     * @throws ResidualException of kind BAD_RUN if they cannot be written
     */
    public static String write(Report report, Path directory, String name) {
        write(directory.resolve(name + ".json"), ReportJson.of(report));
        write(directory.resolve(name + ".html"), ReportPage.of(report).toHtml());
        writeDocument(report, directory.resolve(name + ".md"));
        return ReportText.of(report);
    }

    /**
     * Writes the Markdown document, with its pictures in a folder of its name beside it.
     *
     * @param file that ends in .md
     * @throws ResidualException of kind BAD_SETTING if the file has another ending, RUN if it cannot be written
     */
    public static void writeDocument(Report report, Path file) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(".md")) {
            throw new ResidualException(Kind.BAD_SETTING, "--document: expected a file that ends in .md, got " + file);
        }
        String folder = name.substring(0, name.length() - ".md".length());
        for (ReportMarkdown.Picture picture : ReportMarkdown.pictures(report)) {
            write(file.resolveSibling(folder).resolve(picture.name()), picture.svg());
        }
        write(file, ReportMarkdown.of(report, folder));
    }

    private static void write(Path file, String text) {
        OutputFile.createDirectory(file.toAbsolutePath().resolveSibling(""), "name another one");
        OutputFile.write(file, text, "is it writable?");
    }
}
