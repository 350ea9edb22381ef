package io.residual.training.console;

import io.residual.training.ExitStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * The wish of the user or the system that this process ends: SIGINT (Ctrl-C), SIGTERM, or SIGHUP of a terminal that is
 * closed. The first one is a request, to be looked for between two steps; it is enforced after {@value #MOST_SECONDS}
 * seconds. A second SIGINT or SIGTERM ends the process at once; a second SIGHUP does nothing, because shell and system each
 * send one. Where SIGHUP is ignored, as under {@code nohup}, it stays so.
 *
 * <p>With the property {@value #PARENT}, the end of the process that started this one is such a request, too: Maven's plugin
 * passes no signal on to its child, which would train on unseen.
 *
 * <p>A shutdown hook could not do this: while hooks run, the virtual machine ignores further signals.
 */
public final class Interruption implements AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Interruption.class);
    private static final String PARENT = "residual.endsWithParent";
    private static final String HANGUP = "HUP";
    private static final Map<String, Integer> SIGNALS = Map.of("INT", 2, "TERM", 15, HANGUP, 1);
    /** Service managers and clusters allow 10 seconds or more before they kill. */
    private static final int MOST_SECONDS = 9;
    /** A process that signal n ended has exit status 128 + n. */
    private static final int SIGNAL_STATUS = 128;

    private final Map<String, @Nullable Object> before = new HashMap<>();
    private final AtomicBoolean requested = new AtomicBoolean();

    private Interruption() {}

    /** Handles these signals until it is closed. */
    public static Interruption listen() {
        Interruption interruption = new Interruption();
        SIGNALS.forEach((name, number) ->
                interruption.before.put(name, Signals.register(name, () -> interruption.received(name, number))));
        if (Boolean.getBoolean(PARENT)) {
            ProcessHandle.current().parent().ifPresent(interruption::follow);
        }
        return interruption;
    }

    private void received(String name, int number) {
        if (requested.compareAndSet(false, true)) {
            begin("SIG" + name + ": saving after this step; a second signal ends the process at once");
        } else if (!name.equals(HANGUP)) {
            Runtime.getRuntime().halt(SIGNAL_STATUS + number);
        }
    }

    private void follow(ProcessHandle parent) {
        CompletableFuture<Void> unused = parent.onExit().thenRun(this::orphaned);
    }

    private void orphaned() {
        if (requested.compareAndSet(false, true)) {
            begin("The process that started this one has ended: saving after this step");
        }
    }

    private static void begin(String reason) {
        LOG.info(reason);
        Thread limit = new Thread(Interruption::enforce, "residual-interruption");
        limit.setDaemon(true);
        limit.start();
    }

    private static void enforce() {
        try {
            Thread.sleep(Duration.ofSeconds(MOST_SECONDS).toMillis());
        } catch (InterruptedException e) {
            return;
        }
        LOG.info("The step takes too long: ending without it; the run goes on from its last checkpoint");
        LogManager.shutdown();
        Runtime.getRuntime().halt(ExitStatus.INTERRUPTED.code());
    }

    /** Whether the process is to end. */
    public boolean requested() {
        return requested.get();
    }

    /** Leaves the signals to whoever handled them before. */
    @Override
    public void close() {
        before.forEach(Signals::unregister);
    }
}
