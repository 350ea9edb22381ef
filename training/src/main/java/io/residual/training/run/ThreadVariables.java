package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.List;
import java.util.Map;

/** Environment variables with numbers of threads, which native code reads when it is loaded, and which can crash it there. */
final class ThreadVariables {
    private static final List<String> NAMES = List.of(
            "OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "MKL_NUM_THREADS");

    private static final int MAX = 1024;

    private ThreadVariables() {}

    /** @throws ResidualException of kind BAD_SETTING if one is no number of threads */
    static void check(Map<String, String> environment) {
        for (String name : NAMES) {
            String value = environment.get(name);
            if (value != null && !isThreads(value.strip())) {
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        "environment variable " + name + ": expected a whole number from 1 to " + MAX + ", got \""
                                + value + "\": correct or unset it");
            }
        }
    }

    private static boolean isThreads(String value) {
        return value.matches("[0-9]{1,4}") && Integer.parseInt(value) >= 1 && Integer.parseInt(value) <= MAX;
    }
}
