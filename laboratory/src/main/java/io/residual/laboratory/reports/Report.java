package io.residual.laboratory.reports;

import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.ExperimentResult;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.training.run.Backend;
import io.residual.training.run.Versions;
import java.util.List;
import java.util.Map;

/**
 * What a command's experiments came to.
 *
 * @param title of the page
 * @param budget in words
 * @param entries one for each experiment
 * @param runs published runs that belong to the report, maybe none
 */
public record Report(
        String title, String budget, List<Entry> entries, List<PublishedRun> runs, Backend backend, Versions versions) {
    /**
     * An experiment's conclusion.
     *
     * @param command that makes it anew
     */
    public record Entry(ExperimentResult conclusion, String command) {
        Experiment experiment() {
            return conclusion.experiment();
        }

        /** Such as "Claim 3". */
        String heading() {
            return "Claim " + experiment().claim().number();
        }

        /** Such as "3 of 3". */
        String seeds() {
            return conclusion.results().seeds().size() + " of " + experiment().seeds();
        }

        /** Seconds of all its trainings. */
        double seconds() {
            return conclusion.results().bySeed().values().stream()
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

    /** The same with published runs. */
    public Report withRuns(List<PublishedRun> published) {
        return new Report(title, budget, entries, published, backend, versions);
    }

    /** How the figures are to be read. */
    static String reading() {
        return "Each claim has criteria that were declared before anything was trained. An effect is measured once for each seed, from"
                + " arms that share seeds and images; its interval is the 95 % interval of the mean over seeds by Student's t, as in the"
                + " paired t test. CONFIRMED: the whole interval of each deciding effect lies where the claim wants it. REFUTED: the whole"
                + " interval of one lies where it does not. UNDECIDED: neither, or too few seeds. Verdicts speak of these networks, images"
                + " and epochs; several criteria of one claim are not corrected for their number.";
    }

    /** What computed the figures. */
    String origin() {
        return "Residual " + versions.residual() + " (" + versions.commit() + "), " + backend.name() + " with "
                + backend.threads() + " threads, " + backend.kernels() + ", Java " + versions.java() + ", "
                + versions.os();
    }
}
