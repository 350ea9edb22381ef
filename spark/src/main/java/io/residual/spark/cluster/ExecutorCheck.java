package io.residual.spark.cluster;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.run.Versions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.package$;

/** Makes sure that a cluster's executors are there and run this program on this version of Spark. */
record ExecutorCheck(ClusterSession session, String master) {
    private static final long WAIT_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final long POLL_MILLIS = 50;

    /**
     * Waits for so many executors and asks them.
     *
     * @throws ResidualException of kind BAD_ADDRESS if none comes within three minutes, or one has other versions
     */
    void require(int executors) {
        long end = System.nanoTime() + WAIT_NANOS;
        while (Executors.of(session).running().size() < executors && System.nanoTime() < end) {
            pause();
        }
        int cores = Executors.of(session).cores();
        if (cores == 0) {
            throw new ResidualException(
                    Kind.BAD_ADDRESS,
                    "the cluster " + master
                            + " gave no executor within three minutes: start workers, or ask for less memory or"
                            + " fewer cores with --spark-conf spark.executor.memory=1g or spark.executor.cores=1");
        }
        String expected = versions();
        List<String> others = TaskErrors.translate(() -> session.context()
                .parallelize(IntStream.range(0, cores).boxed().collect(Collectors.toList()), cores)
                .map(task -> versions())
                .filter(version -> !version.equals(expected))
                .distinct()
                .collect());
        if (!others.isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_ADDRESS,
                    "executors of " + master + " have " + String.join(", ", others) + ", and this is " + expected
                            + ": use the same versions");
        }
    }

    private static String versions() {
        Versions versions = Versions.current();
        return "Spark " + package$.MODULE$.SPARK_VERSION() + " with Residual " + versions.residual() + " (commit "
                + versions.commit() + ")";
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResidualException(Kind.INTERRUPTED, "interrupted while the cluster started", e);
        }
    }
}
