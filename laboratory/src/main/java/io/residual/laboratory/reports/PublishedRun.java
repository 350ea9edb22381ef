package io.residual.laboratory.reports;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A run that the notes publish, and the outcome of {@code reproduce PRESET}.
 *
 * @param run its letter in the notes
 * @param outcome last line of the verdict, or that there is none yet
 */
public record PublishedRun(String run, String preset, String outcome) {
    /** Runs A and B of the notes. */
    public static List<PublishedRun> find(Path runs) {
        return List.of(find(runs, "A", "book-96"), find(runs, "B", "book-224"));
    }

    private static PublishedRun find(Path runs, String run, String preset) {
        Path verdict = runs.resolve("reproduce-" + preset).resolve("verdict.txt");
        if (!Files.exists(verdict)) {
            return new PublishedRun(run, preset, "not run in this budget");
        }
        try {
            List<String> lines = Files.readAllLines(verdict);
            return new PublishedRun(run, preset, lines.isEmpty() ? "not finished" : lines.get(lines.size() - 1));
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    verdict + ": cannot be read (" + IoErrors.reason(e) + "): delete it and reproduce " + preset
                            + " again",
                    e);
        }
    }

    /** The command that runs it. */
    @JsonProperty
    public String command() {
        return "./residual reproduce " + preset;
    }
}
