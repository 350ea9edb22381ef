package io.residual.spark.cluster;

import java.util.stream.Stream;
import picocli.CommandLine;

/** Executors in processes of their own on this machine, with the classes of the tests. */
public final class LocalCluster {
    public static final String MASTER = "local-cluster[2,1,2048]";

    private LocalCluster() {}

    /** A session with two executors of one core each; a task fails its job at once. */
    public static ClusterSession start(String... options) {
        return ClusterSession.start(options(options), new ClusterSession.Settings("test", 1, 1));
    }

    /** The options of a command line. */
    public static ClusterOptions options(String... more) {
        ClusterOptions options = new ClusterOptions();
        CommandLine line = new CommandLine(options).setOverwrittenOptionsAllowed(true);
        line.parseArgs(
                Stream.concat(Stream.of("--spark", MASTER), Stream.of(more)).toArray(String[]::new));
        return options;
    }
}
