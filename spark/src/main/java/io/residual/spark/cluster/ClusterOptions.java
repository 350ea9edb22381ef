package io.residual.spark.cluster;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of every command that works on a cluster. */
public final class ClusterOptions {
    public static final String HEADING = "%nCluster:%n";

    @Option(
            names = "--spark",
            paramLabel = "MASTER",
            required = true,
            description = "the master of a Spark 3.5 cluster: spark://HOST:PORT, yarn, k8s://..., or"
                    + " local-cluster[EXECUTORS,CORES,MEGABYTES] for processes on this machine")
    private String master = "";

    @Option(
            names = "--spark-conf",
            paramLabel = "NAME=VALUE",
            description = "a property of Spark, such as spark.executor.memory=4g; can be given more than once")
    private Map<String, String> properties = new LinkedHashMap<>();

    public String master() {
        return master;
    }

    /** The same options as words of a command line. */
    public List<String> arguments() {
        List<String> words = new ArrayList<>(List.of("--spark", master));
        properties.forEach((name, value) -> words.addAll(List.of("--spark-conf", name + "=" + value)));
        return words;
    }

    /** Spark's properties that the user gave, which win over ours. */
    public Map<String, String> properties() {
        return Map.copyOf(properties);
    }
}
