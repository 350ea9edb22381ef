package io.residual.spark.cluster;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Errors of a cluster's tasks as errors for the user. */
public final class TaskErrors {
    private TaskErrors() {}

    /**
     * The result of a job. Spark's methods throw a checked exception that they do not declare.
     *
     * @throws ResidualException the one that a task threw; of kind BAD_RUN if a task failed otherwise
     */
    public static <T> T translate(Callable<T> job) {
        try {
            return job.call();
        } catch (Exception e) {
            throw thrownByTask(e)
                    .orElseGet(
                            () -> new ResidualException(Kind.BAD_RUN, "a task of the cluster failed: " + reason(e), e));
        }
    }

    /** The error for the user that a task threw, if it was one. */
    private static Optional<ResidualException> thrownByTask(Throwable error) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            if (each instanceof ResidualException known) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    /** The first line of what caused an error. */
    static String reason(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason is given");
    }
}
