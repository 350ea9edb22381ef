package io.residual.laboratory.reports;

import io.residual.core.files.FileLock;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.ExperimentResult;
import io.residual.laboratory.experiments.ExperimentRunner;
import io.residual.laboratory.experiments.training.CachedTrainer;
import io.residual.laboratory.experiments.training.ResultStore;
import io.residual.training.cli.Interruption;
import io.residual.training.config.DataChoice;
import io.residual.training.config.DataSpec;
import io.residual.training.config.Precision;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.Versions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A directory for experiments: their trainings are stored in its folder {@code trainings}, and none of them is repeated.
 *
 * @param source of the images
 * @param kernels that compute the networks
 */
public record Laboratory(Path directory, DataChoice source, KernelChoice kernels) {
    private static final int SIDE = 28;

    /** Whether missing trainings are done. */
    public enum Work {
        TRAIN,
        /** Evaluate and draw the stored results. */
        REPORT_ONLY
    }

    /**
     * The experiments of a command.
     *
     * @param title of the report
     * @param budget in words
     * @param limit of the time of all trainings together
     * @param chapters with no experiment twice
     * @param runs published runs that belong to the report, maybe none
     */
    public record ExperimentPlan(
            String title, String budget, Duration limit, List<Chapter> chapters, List<PublishedRun> runs) {
        public ExperimentPlan {
            chapters = List.copyOf(chapters);
            runs = List.copyOf(runs);
        }

        private Chapter of(Experiment experiment) {
            return chapters.stream()
                    .filter(chapter -> chapter.experiment().equals(experiment))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /**
     * A part of a report.
     *
     * @param heading unique in the report
     * @param introduction what a reader should know before, maybe empty
     * @param command that repeats the experiment
     * @param work whether its missing trainings are done
     */
    public record Chapter(Experiment experiment, String heading, String introduction, String command, Work work) {
        /** A claim under its number. */
        public static Chapter ofClaim(Experiment experiment, String command) {
            return new Chapter(experiment, "Claim " + experiment.claim().number(), "", command, Work.TRAIN);
        }
    }

    /**
     * Runs experiments.
     *
     * @return empty if a signal ended it
     * @throws io.residual.core.ResidualException if data or backend are missing, or files cannot be read or written
     */
    public Optional<Report> run(ExperimentPlan plan, Work work, PrintWriter out) {
        Backend.require();
        ComputeKernels resolved = kernels.resolve();
        ResultStore store = ResultStore.at(directory.resolve("trainings"));
        CachedTrainer trainer = new CachedTrainer(DataSources.find(new DataSpec(source, SIDE)), resolved, store);
        ExperimentRunner runner = new ExperimentRunner(
                plan.chapters().stream().map(Chapter::experiment).toList(),
                experiment -> plan.of(experiment).work() == Work.TRAIN,
                trainer,
                plan.limit(),
                out);
        runner.printCriteria();
        Optional<List<ExperimentResult>> results =
                work == Work.REPORT_ONLY ? Optional.of(runner.evaluate()) : train(runner, store);
        return results.map(all -> new Report(
                plan.title(),
                plan.budget(),
                all.stream()
                        .map(result -> new Report.Entry(result, plan.of(result.experiment())))
                        .toList(),
                plan.runs(),
                Backend.current(resolved.describe(Precision.FLOAT32)),
                Versions.current()));
    }

    @SuppressWarnings("try") // the lock is there to be held
    private static Optional<List<ExperimentResult>> train(ExperimentRunner runner, ResultStore store) {
        try (FileLock lock = store.lock();
                Interruption interruption = Interruption.listen()) {
            return runner.run(interruption::requested);
        }
    }
}
