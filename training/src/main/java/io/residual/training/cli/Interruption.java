package io.residual.training.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * A request of the user or the system that this process ends: SIGINT (Ctrl-C), SIGTERM, or SIGHUP of a terminal that is
 * closed. The first one is a request, to be polled or awaited. A second SIGINT or SIGTERM ends the process at once; a
 * second SIGHUP does nothing, because shell and system each send one. If SIGHUP is ignored, as under {@code nohup}, it
 * stays so.
 *
 * <p>With the property {@value #PARENT}, the end of the process that started this one is such a request, too: Maven's plugin
 * passes no signal on to its child, which would keep training unseen.
 *
 * <p>A shutdown hook could not do this: while hooks run, the virtual machine ignores further signals.
 */
public final class Interruption implements AutoCloseable {
    private static final String PARENT = "residual.endsWithParent";
    private static final String HANGUP = "HUP";
    private static final Map<String, Integer> SIGNALS = Map.of("INT", 2, "TERM", 15, HANGUP, 1);
    /** A process that signal n ended has exit status 128 + n. */
    private static final int SIGNAL_STATUS = 128;

    private final Map<String, @Nullable Object> before = new HashMap<>();
    private final AtomicBoolean received = new AtomicBoolean();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Consumer<String> first;

    private Interruption(Consumer<String> first) {
        this.first = first;
    }

    /** Handles these signals until it is closed. */
    public static Interruption listen() {
        return listen(signal -> {});
    }

    /**
     * Handles these signals until it is closed.
     *
     * @param first gets the name of the first one, such as SIGTERM, or that the parent has ended; on a thread of the system
     */
    public static Interruption listen(Consumer<String> first) {
        Interruption interruption = new Interruption(first);
        SIGNALS.forEach((name, number) ->
                interruption.before.put(name, Signals.register(name, () -> interruption.received(name, number))));
        if (Boolean.getBoolean(PARENT)) {
            ProcessHandle.current().parent().ifPresent(interruption::follow);
        }
        return interruption;
    }

    private void received(String name, int number) {
        if (received.compareAndSet(false, true)) {
            begin("SIG" + name);
        } else if (!name.equals(HANGUP)) {
            Runtime.getRuntime().halt(SIGNAL_STATUS + number);
        }
    }

    private void follow(ProcessHandle parent) {
        CompletableFuture<Void> unused = parent.onExit().thenRun(this::orphaned);
    }

    private void orphaned() {
        if (received.compareAndSet(false, true)) {
            begin("The process that started this one has ended");
        }
    }

    private void begin(String reason) {
        asked.countDown();
        first.accept(reason);
    }

    /** Whether the process is to end. */
    public boolean requested() {
        return asked.getCount() == 0;
    }

    /** Waits for the first signal. */
    public void await() throws InterruptedException {
        asked.await();
    }

    /** Restores the previous handlers; a hangup that follows an earlier signal has no effect. */
    @Override
    public void close() {
        before.forEach((name, handler) -> {
            if (!(name.equals(HANGUP) && received.get())) {
                Signals.unregister(name, handler);
            }
        });
    }
}
