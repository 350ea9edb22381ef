package io.residual.spark.cluster;

import java.util.List;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.collection.JavaConverters;

/** The executors that a session has at a moment; on a master {@code local}, the driver. */
record Executors(List<ExecutorSummary> running) {
    static Executors of(ClusterSession session) {
        boolean local = session.spark().sparkContext().isLocal();
        return new Executors(
                JavaConverters.seqAsJavaList(
                                session.spark().sparkContext().statusStore().executorList(true))
                        .stream()
                        .filter(executor -> local || !executor.id().equals("driver"))
                        .toList());
    }

    int cores() {
        return running.stream().mapToInt(ExecutorSummary::totalCores).sum();
    }
}
