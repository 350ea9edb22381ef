package io.residual.spark.cluster;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/** One line for the user about each executor that is lost, which Spark reports in several of its own. */
final class LostExecutors extends SparkListener {
    private static final Logger LOG = LogManager.getLogger(LostExecutors.class);

    /** What Spark says of those that it gives back because they have nothing to do. */
    private static final String GIVEN_BACK = "Executor killed by driver";

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved executor) {
        String reason = executor.reason().lines().findFirst().orElse("no reason is given");
        if (!reason.startsWith(GIVEN_BACK)) {
            LOG.warn("Executor {} is lost ({}): others repeat its tasks", executor.executorId(), reason);
        }
    }
}
