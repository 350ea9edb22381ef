package io.residual.spark.cluster;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.package$;
import org.apache.spark.sql.SparkSession;

/**
 * A connection to a Spark cluster, whose executors have the classes of this program, their native libraries on as many
 * threads as a task has cores, and read no more serialised objects than Spark itself needs.
 */
public final class ClusterSession implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;
    private static final Pattern LOCAL_CLUSTER = Pattern.compile("local-cluster\\[\\s*([0-9]+)\\s*,.*");
    private static final String SERIAL_FILTER = "jdk.serialFilter";
    private static final int DEFAULT_PORT = 7077;

    private final SparkSession spark;
    private final LostExecutors lost = new LostExecutors();

    private ClusterSession(SparkSession spark) {
        this.spark = spark;
        spark.sparkContext().addSparkListener(lost);
    }

    /**
     * What a session is asked for.
     *
     * @param name shown in Spark's pages
     * @param coresPerTask cores that a task takes, which its kernels use; at least 1
     * @param taskFailures after so many failures of one task, its job fails; at least 1
     * @param properties of Spark that the user may change
     */
    public record Settings(String name, int coresPerTask, int taskFailures, Map<String, String> properties) {
        public Settings {
            properties = Map.copyOf(properties);
            if (coresPerTask < 1 || taskFailures < 1) {
                throw new IllegalArgumentException(
                        "cores and failures must be at least 1: " + coresPerTask + ", " + taskFailures);
            }
        }

        /** With Spark's own properties but for those that every session changes. */
        public Settings(String name, int coresPerTask, int taskFailures) {
            this(name, coresPerTask, taskFailures, Map.of());
        }
    }

    /**
     * Connects, and waits until the cluster has given executors that can do our work.
     *
     * @throws ResidualException of kind BAD_ADDRESS if there is no such cluster, it refuses this version of Spark, or gives no
     *     executor; of kind BAD_SETTING if a property cannot be used
     */
    public static ClusterSession start(ClusterOptions options, Settings settings) {
        requireMaster(options.master());
        filterSerialisedObjects();
        SparkConf conf = new SparkConf().setAppName(settings.name()).setMaster(options.master());
        options.properties().forEach(conf::set);
        settings.properties().forEach(conf::setIfMissing);
        defaults(options.master(), settings).forEach(conf::setIfMissing);
        ClusterSession session;
        try {
            session = new ClusterSession(SparkSession.builder().config(conf).getOrCreate());
        } catch (RuntimeException e) {
            throw refused(options.master(), e);
        }
        try {
            new ExecutorCheck(session, options.master()).require(expectedExecutors(conf));
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    public SparkSession spark() {
        return spark;
    }

    public JavaSparkContext context() {
        return JavaSparkContext.fromSparkContext(spark.sparkContext());
    }

    /** Tasks that the executors that are there now work on at a time; at least 1. */
    public int slots() {
        int coresPerTask = spark.sparkContext().getConf().getInt("spark.task.cpus", 1);
        return Math.max(1, Executors.of(this).cores() / coresPerTask);
    }

    @Override
    public void close() {
        // They end with the session.
        spark.sparkContext().removeSparkListener(lost);
        spark.stop();
    }

    private static Map<String, String> defaults(String master, Settings settings) {
        Map<String, String> defaults = new LinkedHashMap<>();
        defaults.put("spark.ui.enabled", "false");
        defaults.put("spark.task.cpus", Integer.toString(settings.coresPerTask()));
        defaults.put("spark.task.maxFailures", Integer.toString(settings.taskFailures()));
        // Arrays of ND4J and oneDNN are outside the heap.
        defaults.put("spark.executor.memoryOverhead", "2g");
        defaults.put("spark.executor.extraJavaOptions", ExecutorOptions.line());
        defaults.put("spark.executorEnv.OMP_NUM_THREADS", Integer.toString(settings.coresPerTask()));
        defaults.put("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE");
        if (LOCAL_CLUSTER.matcher(master).matches()) {
            // Executors on this machine have the same files.
            defaults.put("spark.executor.extraClassPath", System.getProperty("java.class.path", ""));
        } else {
            assembledJar().ifPresent(jar -> defaults.put("spark.jars", jar.toString()));
        }
        return defaults;
    }

    /** The one jar that the cluster's machines need; none if this program's classes are in folders. */
    private static Optional<Path> assembledJar() {
        try {
            return Optional.of(Path.of(ClusterSession.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI()))
                    .filter(Files::isRegularFile);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static int expectedExecutors(SparkConf conf) {
        Matcher local = LOCAL_CLUSTER.matcher(conf.get("spark.master"));
        return local.matches() ? Integer.parseInt(local.group(1)) : conf.getInt("spark.executor.instances", 1);
    }

    /** Spark itself waits a minute for a master that is not there. */
    private static void requireMaster(String master) {
        if (!master.startsWith("spark://")) {
            return;
        }
        for (String address : master.substring("spark://".length()).split(",", -1)) {
            URI uri = URI.create("spark://" + address);
            if (uri.getHost() == null) {
                throw new ResidualException(
                        Kind.BAD_SETTING, "the master " + master + " has no host: write spark://HOST:" + DEFAULT_PORT);
            }
            try (Socket socket = new Socket()) {
                int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
                socket.connect(new InetSocketAddress(uri.getHost(), port), CONNECT_MILLIS);
                return;
            } catch (IOException e) {
                if (master.endsWith(address)) {
                    throw new ResidualException(
                            Kind.BAD_ADDRESS,
                            "the master " + master + " cannot be reached (" + e.getMessage()
                                    + "): start it, or correct the host and the port",
                            e);
                }
            }
        }
    }

    private static void filterSerialisedObjects() {
        if (System.getProperty(SERIAL_FILTER) == null && ObjectInputFilter.Config.getSerialFilter() == null) {
            ObjectInputFilter.Config.setSerialFilter(
                    ObjectInputFilter.Config.createFilter(ExecutorOptions.serialFilter()));
        }
    }

    private static ResidualException refused(String master, RuntimeException error) {
        String reason = TaskErrors.reason(error);
        // Spark says no more than this of a master that does not understand it.
        boolean unresponsive = reason.contains("All masters are unresponsive");
        return new ResidualException(
                Kind.BAD_ADDRESS,
                unresponsive
                        ? "the master " + master + " does not answer Spark "
                                + package$.MODULE$.SPARK_VERSION()
                                + ": use a cluster of Spark 3.5 for Scala 2.12"
                        : "Spark cannot start on " + master + ": " + reason,
                error);
    }
}
