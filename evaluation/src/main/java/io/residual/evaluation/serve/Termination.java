package io.residual.evaluation.serve;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * The wish of the user or the system that this process ends: SIGINT (Ctrl-C) or SIGTERM. The first is waited for, the
 * second ends the process at once.
 *
 * <p>A shutdown hook could not do this: while hooks run, the virtual machine ignores further signals.
 */
final class Termination implements AutoCloseable {
    private static final Map<String, Integer> SIGNALS = Map.of("INT", 2, "TERM", 15);
    /** A process that signal n ended has exit status 128 + n. */
    private static final int SIGNAL_STATUS = 128;

    private final Map<String, @Nullable Object> before = new HashMap<>();
    private final CountDownLatch asked = new CountDownLatch(1);

    private Termination() {}

    /** Handles these signals until it is closed. */
    static Termination listen() {
        Termination termination = new Termination();
        SIGNALS.forEach((name, number) ->
                termination.before.put(name, Signals.register(name, () -> termination.received(number))));
        return termination;
    }

    private synchronized void received(int number) {
        if (asked.getCount() == 0) {
            Runtime.getRuntime().halt(SIGNAL_STATUS + number);
        }
        asked.countDown();
    }

    /** Waits for the first signal. */
    void await() throws InterruptedException {
        asked.await();
    }

    /** Leaves the signals to whoever handled them before. */
    @Override
    public void close() {
        before.forEach(Signals::unregister);
    }
}
