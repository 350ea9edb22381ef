package io.residual.spark.training;

import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpoint;
import org.apache.spark.rpc.RpcEnv;
import scala.PartialFunction;
import scala.PartialFunction$;
import scala.Tuple2;
import scala.runtime.BoxedUnit;

/**
 * Where workers ask the driver for parts of rounds, on the connection that an executor has with it anyway, whose
 * authentication and encryption are Spark's. Questions and answers are arrays of bytes and numbers: executors could not read
 * other classes there, since they have a job's jar only in its tasks.
 */
final class PartsEndpoint implements RpcEndpoint {
    private final RpcEnv environment;
    private final RoundParts parts;

    PartsEndpoint(RpcEnv environment, RoundParts parts) {
        this.environment = environment;
        this.parts = parts;
    }

    @Override
    public RpcEnv rpcEnv() {
        return environment;
    }

    @Override
    @SuppressWarnings("deprecation") // its successor is of Scala 2.13
    public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext context) {
        return PartialFunction$.MODULE$.apply(message -> {
            answer(WorkerMessage.of((byte[]) message), context);
            return BoxedUnit.UNIT;
        });
    }

    private void answer(WorkerMessage message, RpcCallContext context) {
        message.done().ifPresent(done -> parts.done(done.iteration(), done.part(), done.result()));
        parts.ready(message.worker(), next -> context.reply(new Tuple2<>(next.part(), next.round())));
    }
}
