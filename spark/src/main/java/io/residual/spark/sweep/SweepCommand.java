package io.residual.spark.sweep;

import io.residual.spark.cluster.ClusterOptions;
import io.residual.spark.cluster.ClusterSession;
import io.residual.spark.cluster.SharedStorage;
import io.residual.tuning.TuneCommand;
import io.residual.tuning.trials.TrialBackend;
import io.residual.tuning.trials.TrialExecutor;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The command {@code tune} on a cluster: each trial is a task. */
public final class SweepCommand extends TuneCommand {
    @ArgGroup(exclusive = false, multiplicity = "1", heading = ClusterOptions.HEADING)
    private ClusterOptions cluster = new ClusterOptions();

    @Option(
            names = "--storage",
            paramLabel = "URI",
            description = "folder for runs and their checkpoints while their trials are not over, which driver and"
                    + " executors share, such as hdfs://HOST/sweep, s3a://BUCKET/sweep or a mounted folder (default:"
                    + " storage in --dir)")
    private @Nullable String storage;

    @Override
    protected TrialBackend backend(OptionalInt workers, Path directory) {
        ClusterSession session = ClusterSession.start(
                cluster, new ClusterSession.Settings("Residual sweep " + directory.getFileName(), 1, 1));
        try {
            SharedStorage shared = SharedStorage.of(
                    session, storage == null ? directory.resolve("storage").toString() : storage);
            shared.requireShared(session);
            return new Cluster(
                    workers.orElseGet(session::slots), new SparkTrialExecutor(session, shared, directory), session);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private record Cluster(int workers, TrialExecutor executor, ClusterSession session) implements TrialBackend {
        @Override
        public void close() {
            session.close();
        }
    }
}
