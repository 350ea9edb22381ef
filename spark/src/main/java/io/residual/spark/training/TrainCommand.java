package io.residual.spark.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.spark.cluster.ClusterOptions;
import io.residual.spark.cluster.ClusterSession;
import io.residual.training.cli.Main;
import io.residual.training.loop.WorkerGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command {@code train} on a Spark cluster: its options, and those of the cluster. */
@Command(name = "train")
public final class TrainCommand extends Main {
    /** Of one task, before the run ends. An executor that is lost takes a task with it. */
    private static final int TASK_FAILURES = 4;

    private static final List<String> OF_ONE_MACHINE = List.of(
            "--device", "--memory", "--dry-run", "--find-learning-rate", "--plot-schedule", "--show-augmentation");

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--workers",
            paramLabel = "WORKERS",
            description = "workers that share each batch; results depend on their number (default: as many as the"
                    + " executors have room for)")
    private @Nullable Integer workers;

    @Option(
            names = "--cores-per-worker",
            paramLabel = "CORES",
            defaultValue = "1",
            description = "cores of an executor, which has one worker (default: ${DEFAULT-VALUE})")
    private int coresPerWorker = 1;

    @Option(
            names = "--average-every",
            paramLabel = "STEPS",
            defaultValue = "1",
            description =
                    "steps after which the workers' weights are averaged: more need less traffic, and train less like"
                            + " one machine; after 1 their gradients are added up instead (default: ${DEFAULT-VALUE})")
    private int averageEvery = 1;

    @Spec
    private @Nullable CommandSpec command;

    private @Nullable ClusterSession session;
    private @Nullable WorkerGroup group;

    @Override
    public Integer call() {
        requireOptions();
        try {
            return super.call();
        } finally {
            if (session != null) {
                session.close();
            }
        }
    }

    private void requireOptions() {
        requirePositive("--workers", workers == null ? 1 : workers);
        requirePositive("--cores-per-worker", coresPerWorker);
        requirePositive("--average-every", averageEvery);
        ParseResult parsed = Objects.requireNonNull(command).commandLine().getParseResult();
        String others = OF_ONE_MACHINE.stream().filter(parsed::hasMatchedOption).collect(Collectors.joining(", "));
        if (!others.isEmpty() || "auto".equals(parsed.matchedOptionValue("--batch-size", ""))) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    (others.isEmpty() ? "--batch-size auto" : others)
                            + ": of one machine: leave out either that or --spark");
        }
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new ResidualException(Kind.BAD_SETTING, option + ": expected a number of at least 1, got " + value);
        }
    }

    @Override
    protected Optional<WorkerGroup> workers() {
        if (group == null) {
            session = ClusterSession.start(
                    cluster,
                    new ClusterSession.Settings("residual train", coresPerWorker, TASK_FAILURES, properties()));
            group = group(session);
        }
        return Optional.of(group);
    }

    @Override
    protected List<String> resumeOptions() {
        List<String> words = new ArrayList<>(cluster.arguments());
        words.addAll(
                List.of("--workers", Integer.toString(workers().orElseThrow().size())));
        if (coresPerWorker > 1) {
            words.addAll(List.of("--cores-per-worker", Integer.toString(coresPerWorker)));
        }
        if (averageEvery > 1) {
            words.addAll(List.of("--average-every", Integer.toString(averageEvery)));
        }
        return words;
    }

    private Map<String, String> properties() {
        // Steps of two workers in one process would wait for each other.
        return Map.of("spark.executor.cores", Integer.toString(coresPerWorker));
    }

    private WorkerGroup group(ClusterSession started) {
        int slots = started.slots();
        int size = workers == null ? slots : workers;
        if (size > slots) {
            LogManager.getLogger(TrainCommand.class)
                    .warn("The executors have room for {} of {} workers at a time: some wait for others", slots, size);
        }
        return new SparkWorkerGroup(started.context(), size, averageEvery);
    }
}
