package io.residual.tuning.report;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.IoErrors;
import io.residual.training.config.SpecFile;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.Ranking;
import io.residual.tuning.trials.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The results of a sweep in its directory: {@code report.html} and the best spec, {@code best.yaml}. */
public record SweepResults(Sweep sweep, Path directory) {
    /**
     * Writes both files; the best spec only if a trial is done.
     *
     * @throws ResidualException of kind BAD_RUN if they cannot be written
     */
    public void write(List<Trial> trials) {
        if (trials.isEmpty()) {
            return;
        }
        try {
            AtomicFile.write(reportFile(), new SweepReport(sweep, trials).page().toHtml());
            Optional<Trial> best = best(trials);
            if (best.isPresent()) {
                AtomicFile.write(bestFile(), bestYaml(best.get(), trials));
            }
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    directory + ": the report cannot be written (" + IoErrors.reason(e)
                            + "): free space, then resume the sweep to write it again",
                    e);
        }
    }

    /** The report of the trials as they are now. */
    public String live(List<Trial> trials) {
        return new SweepReport(sweep, trials).page().toHtml();
    }

    /** The best trial and its values, in a line; with what fresh seeds say, if it is confirmed. */
    public String summary(List<Trial> trials) {
        return bestOfSearch(trials)
                + ConfirmationSection.of(sweep, trials)
                        .flatMap(section -> section.confirmation()
                                .winner()
                                .map(winner -> "\nConfirmed: trial "
                                        + winner.candidate().trial() + ", " + section.values(winner) + ". "
                                        + section.others(winner)))
                        .orElse("");
    }

    private String bestOfSearch(List<Trial> trials) {
        Objective first = sweep.objectives().get(0);
        return new Ranking(sweep.objectives(), trials)
                .best()
                .map(best -> "Best of " + trials.size() + " trials: " + best.number() + ", " + first.label() + " "
                        + AssignmentText.of(Ranking.value(best, first)) + " (" + AssignmentText.of(best.assignment())
                        + ")")
                .orElse("None of " + trials.size() + " trials has had all its epochs.");
    }

    /** The winner of the confirmation; without one, the best of the search. */
    public Optional<Trial> best(List<Trial> trials) {
        return ConfirmationSection.best(sweep, trials);
    }

    private String bestYaml(Trial best, List<Trial> trials) {
        Objective first = sweep.objectives().get(0);
        Optional<ConfirmationSection> section = ConfirmationSection.of(sweep, trials);
        String values = section.flatMap(
                        s -> s.confirmation().winner().map(winner -> s.values(winner) + "\n# " + s.others(winner)))
                .orElse(String.valueOf(Ranking.value(best, first)));
        return "# Trial " + best.number() + ": " + first.label() + " " + values + "\n"
                + SpecFile.write(sweep.spec(best.assignment()));
    }

    public Path reportFile() {
        return directory.resolve("report.html");
    }

    public Path bestFile() {
        return directory.resolve("best.yaml");
    }
}
