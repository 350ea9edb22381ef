package io.residual.laboratory.cli;

import io.residual.core.ResidualException;
import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.reports.Laboratory.Chapter;
import io.residual.laboratory.reports.Laboratory.ExperimentPlan;
import io.residual.laboratory.reports.PublishedRun;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands whose experiments have a budget. */
public final class LaboratoryOptions extends ReportOptions {
    @Option(
            names = "--budget",
            paramLabel = "minutes|hours|full",
            defaultValue = "minutes",
            description = "how many images, epochs and seeds the experiments have (default: ${DEFAULT-VALUE})")
    private Budget budget = Budget.MINUTES;

    @Option(
            names = "--seeds",
            paramLabel = "SEEDS",
            description =
                    "how many seeds to train, of claims all of them however long it takes; with fewer than a preset's published"
                            + " result asks for, its verdict says so (default: as many as the budget, or that result, asks for)")
    private @Nullable Integer seeds;

    public Budget budget() {
        return budget;
    }

    /**
     * As many seeds as were asked for, if any.
     *
     * @throws ResidualException of kind BAD_SETTING if these are none
     */
    public Optional<Integer> seeds() {
        if (seeds != null) {
            StudyOptions.requireAtLeast("--seeds", 1, seeds);
        }
        return Optional.ofNullable(seeds);
    }

    /**
     * The same experiment with as many seeds as were asked for.
     *
     * @throws ResidualException of kind BAD_SETTING if these are fewer than 2, which have no interval
     */
    public Experiment withSeeds(Experiment experiment) {
        if (seeds == null) {
            return experiment;
        }
        StudyOptions.require(
                seeds >= 2, "--seeds: expected at least 2 for claims, whose intervals are over seeds, got " + seeds);
        return experiment.withSeeds(seeds);
    }

    /** The command that tests a claim. */
    public String command(Experiment experiment) {
        return "./residual reproduce --claim " + experiment.claim().number() + asTyped();
    }

    /**
     * Experiments in the time that the budget has, or without a limit if the seeds were chosen.
     *
     * @param runs published runs that belong to the report, maybe none
     */
    public ExperimentPlan plan(String title, List<Chapter> chapters, List<PublishedRun> runs) {
        return new ExperimentPlan(
                title, budget.toString(), (seeds == null ? budget : Budget.FULL).limit(), chapters, runs);
    }

    @Override
    public String asTyped() {
        return (seeds == null ? "" : " --seeds " + seeds) + " --budget " + budget + super.asTyped();
    }
}
