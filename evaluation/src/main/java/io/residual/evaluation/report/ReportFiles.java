package io.residual.evaluation.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.residual.core.ResidualException;
import io.residual.data.Split;
import io.residual.training.cli.OutputFile;
import java.nio.file.Path;

/**
 * The files of an evaluation in the directory of its run: {@code report.json} and {@code report.html} for the test images,
 * with the name of the split in them for others.
 */
public record ReportFiles(Path json, Path html) {
    /** The files' places. */
    public static ReportFiles of(Evaluation evaluation) {
        String stem = evaluation.split() == Split.TEST ? "report" : "report-" + evaluation.splitName();
        Path folder = evaluation.model().run().path();
        return new ReportFiles(folder.resolve(stem + ".json"), folder.resolve(stem + ".html"));
    }

    /**
     * Writes both, each whole or not at all, over those of an earlier evaluation.
     *
     * @throws ResidualException of kind BAD_RUN if the directory cannot be written
     */
    public void write(Evaluation evaluation) {
        write(json, json(evaluation));
        write(html, EvaluationPage.of(evaluation).toHtml());
    }

    private static String json(Evaluation evaluation) {
        try {
            return new ObjectMapper()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .writeValueAsString(EvaluationJson.of(evaluation))
                    + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and texts could not be written as JSON", e);
        }
    }

    private static void write(Path file, String text) {
        OutputFile.write(file, text, "is the run writable?");
    }

    /** What the terminal shows. */
    public static String text(Evaluation evaluation) {
        return EvaluationText.of(evaluation);
    }
}
