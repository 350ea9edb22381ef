package io.residual.evaluation.report;

import io.residual.core.ResidualException;
import io.residual.data.Split;
import io.residual.training.cli.OutputFile;
import io.residual.training.run.StrictJson;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * The files of an evaluation: {@code report.json} and {@code report.html} for the test images, with the name of the split in
 * them for others.
 */
public record ReportFiles(Path json, Path html) {
    /** The files in a directory, of the run or another one. */
    public static ReportFiles in(Path directory, Split split) {
        String stem = split == Split.TEST ? "report" : "report-" + split.name().toLowerCase(Locale.ROOT);
        return new ReportFiles(directory.resolve(stem + ".json"), directory.resolve(stem + ".html"));
    }

    /**
     * Writes both, each completely or not at all, over those of an earlier evaluation.
     *
     * @throws ResidualException of kind BAD_RUN if the directory cannot be created or written
     */
    public void write(Evaluation evaluation) {
        OutputFile.createDirectory(Objects.requireNonNull(json.toAbsolutePath().getParent()), "give another directory");
        OutputFile.write(json, StrictJson.pretty(EvaluationJson.of(evaluation)), "is its directory writable?");
        OutputFile.write(html, EvaluationPage.of(evaluation).toHtml(), "is its directory writable?");
    }

    /** The text for the terminal. */
    public static String text(Evaluation evaluation) {
        return EvaluationText.of(evaluation);
    }
}
