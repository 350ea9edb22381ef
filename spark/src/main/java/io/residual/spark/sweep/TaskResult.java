package io.residual.spark.sweep;

import io.residual.core.ResidualException.Kind;
import io.residual.tuning.trials.TrialResult;
import java.io.Serializable;

/**
 * What a task brings back.
 *
 * @param end how the run ended
 * @param kind of an error of the environment; BAD_RUN otherwise
 * @param reason one line; empty if the end says all
 * @param log what the run's process printed
 */
record TaskResult(End end, Kind kind, String reason, String log) implements Serializable {
    enum End {
        COMPLETE,
        STOPPED,
        DIVERGED,
        WORKER_LOST,
        INVALID_CONFIG,
        ENVIRONMENT_FAILURE
    }

    static TaskResult of(TrialResult result, String log) {
        if (result instanceof TrialResult.Complete) {
            return new TaskResult(End.COMPLETE, Kind.BAD_RUN, "", log);
        }
        if (result instanceof TrialResult.Diverged diverged) {
            return new TaskResult(End.DIVERGED, Kind.DIVERGED, diverged.reason(), log);
        }
        if (result instanceof TrialResult.WorkerLost lost) {
            return new TaskResult(End.WORKER_LOST, Kind.BAD_RUN, lost.reason(), log);
        }
        if (result instanceof TrialResult.InvalidConfig invalid) {
            return new TaskResult(End.INVALID_CONFIG, Kind.BAD_SETTING, invalid.reason(), log);
        }
        if (result instanceof TrialResult.EnvironmentFailure failure) {
            return new TaskResult(End.ENVIRONMENT_FAILURE, failure.kind(), failure.reason(), log);
        }
        return new TaskResult(End.STOPPED, Kind.BAD_RUN, "", log);
    }

    TrialResult result() {
        return switch (end) {
            case COMPLETE -> new TrialResult.Complete();
            case STOPPED -> new TrialResult.Stopped();
            case DIVERGED -> new TrialResult.Diverged(reason);
            case WORKER_LOST -> new TrialResult.WorkerLost(reason);
            case INVALID_CONFIG -> new TrialResult.InvalidConfig(reason);
            case ENVIRONMENT_FAILURE -> new TrialResult.EnvironmentFailure(kind, reason);
        };
    }
}
