package io.residual.laboratory.experiments.training;

import io.residual.training.cli.Progress;
import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** Prints what a command is doing and how long it still takes, at most one line in five seconds. */
public final class EtaPrinter {
    private static final long EVERY_NANOS = 5_000_000_000L;

    private final PrintWriter out;
    private final LongSupplier nanoTime;
    private final double work;
    private final long startedAt;
    private double done;
    private long lastLineAt;

    /**
     * Starts the clock.
     *
     * @param nanoTime a clock as {@link System#nanoTime}
     * @param work all work, in any unit
     */
    public EtaPrinter(PrintWriter out, LongSupplier nanoTime, double work) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.work = work;
        this.startedAt = nanoTime.getAsLong();
        this.lastLineAt = startedAt - EVERY_NANOS;
    }

    /** A part of the work starts. */
    public void starting(String what) {
        long now = nanoTime.getAsLong();
        if (now - lastLineAt < EVERY_NANOS) {
            return;
        }
        lastLineAt = now;
        String left = done > 0
                ? ", " + Progress.duration((now - startedAt) / 1e9 * Math.max(0, work - done) / done) + " left"
                : "";
        out.println(what + left);
    }

    /** A part of the work is done. */
    public void finished(double amount) {
        done += amount;
    }
}
