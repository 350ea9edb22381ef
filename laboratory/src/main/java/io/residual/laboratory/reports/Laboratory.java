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
import java.util.function.Function;

/**
 * A directory in which experiments are done, again and again: results are kept in its folder {@code trainings}, and what is there
 * is not trained again.
 *
 * @param source of the images
 * @param kernels that compute the networks
 */
public record Laboratory(Path directory, DataChoice source, KernelChoice kernels) {
    private static final int SIDE = 28;

    /** Whether what is missing is trained. */
    public enum Work {
        TRAIN,
        /** Judge and draw what is there. */
        REPORT_ONLY
    }

    /**
     * What is to be done.
     *
     * @param title of the report
     * @param budget in words
     * @param limit of the time of all trainings together
     * @param command that makes an experiment anew
     */
    public record Programme(
            String title,
            String budget,
            Duration limit,
            List<Experiment> experiments,
            Function<Experiment, String> command) {
        public Programme {
            experiments = List.copyOf(experiments);
        }
    }

    /**
     * Does experiments.
     *
     * @return nothing if a signal ended it
     * @throws io.residual.core.ResidualException if data or backend are missing, or files cannot be read or written
     */
    public Optional<Report> conduct(Programme programme, Work work, PrintWriter out) {
        Backend.require();
        ComputeKernels resolved = kernels.resolve();
        ResultStore store = ResultStore.at(directory.resolve("trainings"));
        CachedTrainer bench = new CachedTrainer(DataSources.find(new DataSpec(source, SIDE)), resolved, store);
        ExperimentRunner campaign = new ExperimentRunner(programme.experiments(), bench, programme.limit(), out);
        campaign.declare();
        Optional<List<ExperimentResult>> conclusions =
                work == Work.REPORT_ONLY ? Optional.of(campaign.conclude()) : train(campaign, store);
        return conclusions.map(all -> new Report(
                programme.title(),
                programme.budget(),
                all.stream()
                        .map(conclusion ->
                                new Report.Entry(conclusion, programme.command().apply(conclusion.experiment())))
                        .toList(),
                List.of(),
                Backend.current(resolved.describe(Precision.FLOAT32)),
                Versions.current()));
    }

    @SuppressWarnings("try") // the lock is there to be held
    private static Optional<List<ExperimentResult>> train(ExperimentRunner campaign, ResultStore store) {
        try (FileLock lock = store.lock();
                Interruption interruption = Interruption.listen()) {
            return campaign.run(interruption::requested);
        }
    }
}
