package io.residual.laboratory.reports;

import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.ExperimentResult;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.laboratory.reports.Laboratory.Chapter;
import io.residual.training.run.Backend;
import io.residual.training.run.Versions;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The results of a command's experiments.
 *
 * @param title of the page
 * @param budget in words
 * @param entries one for each experiment
 * @param runs published runs that belong to the report, maybe none
 */
public record Report(
        String title, String budget, List<Entry> entries, List<PublishedRun> runs, Backend backend, Versions versions) {
    /**
     * An experiment's result.
     *
     * @param chapter that it stands in
     */
    public record Entry(ExperimentResult result, Chapter chapter) {
        Experiment experiment() {
            return result.experiment();
        }

        String heading() {
            return chapter.heading();
        }

        /** Of a chart's file, such as "claim-3-1.svg" for the first one of claim 3. */
        String chartFile(int chart) {
            return heading().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + "-" + (chart + 1) + ".svg";
        }

        /** What the verdict means for someone who trains networks. */
        String meaning() {
            return result.results().seeds().isEmpty()
                    ? "Not run yet."
                    : experiment().claim().meaning(result.verdict());
        }

        /** Such as "3 of 3". */
        String seeds() {
            return result.results().seeds().size() + " of " + experiment().seeds();
        }

        /** Seconds of all its trainings. */
        double seconds() {
            return result.results().bySeed().values().stream()
                    .map(Map::values)
                    .flatMap(results -> results.stream())
                    .mapToDouble(TrainingResult::seconds)
                    .sum();
        }
    }

    public Report {
        entries = List.copyOf(entries);
        runs = List.copyOf(runs);
    }

    /** How to read the numbers. */
    static String readingGuide() {
        return "Each claim has criteria that were declared before anything was trained. An effect is measured once for each seed, from"
                + " arms that share seeds and images; its interval is the 95 % interval of the mean over seeds by Student's t, as in the"
                + " paired t test. CONFIRMED: the complete interval of each primary effect lies where the claim wants it. REFUTED: the complete"
                + " interval of one lies where it does not. UNDECIDED: neither, or too few seeds. Verdicts hold for these networks, images"
                + " and epochs; several criteria of one claim are not corrected for their number.";
    }

    /** What computed the numbers. */
    String provenance() {
        return "Residual " + versions.residual() + " (" + versions.commit() + "), " + backend.name() + " with "
                + backend.threads() + " threads, " + backend.kernels() + ", Java " + versions.java() + ", "
                + versions.os();
    }
}
