package io.residual.tuning.report;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.training.config.SpecFile;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.SweepHandle.StopReason;
import io.residual.tuning.trials.Trial;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a sweep leaves in its directory beside its trials: {@code report.html} and the best spec, {@code best.yaml}. */
public record SweepResults(Sweep sweep, Path directory) {
    /**
     * Writes both files; no best spec before a trial is done.
     *
     * @throws ResidualException of kind BAD_RUN if they cannot be written
     */
    public void write(List<Trial> trials) {
        if (trials.isEmpty()) {
            return;
        }
        try {
            AtomicFile.write(reportFile(), new SweepReport(sweep, trials).page().toHtml());
            Optional<Trial> best = ranking(trials).best();
            if (best.isPresent()) {
                AtomicFile.write(bestFile(), bestYaml(best.get()));
            }
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    directory + ": the report cannot be written (" + e + "): free space, then --resume writes it again",
                    e);
        }
    }

    /** The report of the trials as they are now. */
    public String live(List<Trial> trials) {
        return new SweepReport(sweep, trials).page().toHtml();
    }

    /** Tells what came out, and what to do with it. */
    public void tell(List<Trial> trials, StopReason end, PrintWriter out) {
        if (end == StopReason.TIME_LIMIT) {
            out.println("The time was up; --resume goes on.");
        }
        Objective first = sweep.objectives().get(0);
        ranking(trials)
                .best()
                .ifPresentOrElse(
                        best -> {
                            out.println("Best of " + trials.size() + " trials: " + best.number() + ", "
                                    + first.label() + " " + AssignmentText.of(Ranking.value(best, first)) + " ("
                                    + AssignmentText.of(best.assignment()) + ")");
                            out.println("Train it: ./residual train --preset " + bestFile());
                            out.println("Repeat it bit for bit: ./residual train --trial "
                                    + directory.resolve(Long.toString(best.number())));
                        },
                        () -> out.println("None of " + trials.size() + " trials has had all its epochs."));
        out.println("Report: " + reportFile());
    }

    private String bestYaml(Trial best) {
        Objective first = sweep.objectives().get(0);
        return "# Trial " + best.number() + ": " + first.label() + " " + Ranking.value(best, first) + "\n"
                + SpecFile.write(sweep.spec(best.assignment()));
    }

    private Ranking ranking(List<Trial> trials) {
        return new Ranking(sweep.objectives(), trials);
    }

    private Path reportFile() {
        return directory.resolve("report.html");
    }

    private Path bestFile() {
        return directory.resolve("best.yaml");
    }
}
