package io.residual.spark.training;

import io.residual.spark.training.WorkerMessage.Done;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.util.RpcUtils;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * A worker, as a task of the length of a run: it asks the driver for a part of a round, and returns the result when it asks
 * for the next. What it returns depends on nothing but what it is given, so that a part whose worker is lost is repeated by
 * another with the same result.
 *
 * @param driver name of the driver's {@link PartsEndpoint}
 */
record WorkerTask(String driver, Broadcast<SharedJob> job) implements VoidFunction<Integer> {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("rawtypes")
    private static final ClassTag<Tuple2> ANSWER = ClassTag$.MODULE$.apply(Tuple2.class);

    @Override
    public void call(Integer number) {
        RpcEndpointRef parts = RpcUtils.makeDriverRef(
                driver, SparkEnv.get().conf(), SparkEnv.get().rpcEnv());
        long id = TaskContext.get().taskAttemptId();
        Worker worker = null;
        Optional<Done> done = Optional.empty();
        while (true) {
            Tuple2<?, ?> answer =
                    parts.askSync(new WorkerMessage(id, done).toBytes(), RpcUtils.INFINITE_TIMEOUT(), ANSWER);
            int part = (Integer) answer._1();
            if (part < 0) {
                return;
            }
            if (worker == null) {
                worker = new Worker(job.value());
            }
            Round.Start start = Round.Start.of((byte[]) answer._2());
            WorkerResult result = worker.take(start.round(), part, start.values());
            done = Optional.of(new Done(start.round().iteration(), part, result));
        }
    }
}
