package io.residual.laboratory.report;

import io.residual.laboratory.bench.Bench;
import io.residual.laboratory.bench.ResultStore;
import io.residual.laboratory.experiment.Campaign;
import io.residual.laboratory.experiment.Conclusion;
import io.residual.laboratory.experiment.Experiment;
import io.residual.training.RunData;
import io.residual.training.console.Interruption;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Kernels;
import io.residual.training.run.Backend;
import io.residual.training.run.RunLock;
import io.residual.training.run.Versions;
import io.residual.training.spec.DataChoice;
import io.residual.training.spec.DataSpec;
import io.residual.training.spec.Precision;
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
     * @throws io.residual.training.CommandException if data or backend are missing, or files cannot be read or written
     */
    public Optional<Report> conduct(Programme programme, Work work, PrintWriter out) {
        Backend.require();
        Kernels resolved = kernels.resolve();
        ResultStore store = ResultStore.at(directory.resolve("trainings"));
        Bench bench = new Bench(RunData.find(new DataSpec(source, SIDE)), resolved, store);
        Campaign campaign = new Campaign(programme.experiments(), bench, programme.limit(), out);
        campaign.declare();
        Optional<List<Conclusion>> conclusions =
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
    private static Optional<List<Conclusion>> train(Campaign campaign, ResultStore store) {
        try (RunLock lock = store.lock();
                Interruption interruption = Interruption.listen()) {
            return campaign.run(interruption::requested);
        }
    }
}
