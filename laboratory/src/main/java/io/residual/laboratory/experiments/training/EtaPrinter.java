package io.residual.laboratory.experiments.training;

import io.residual.training.cli.Progress;
import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** Lines that tell how far the command is and how long it takes yet, one in five seconds at most. */
public final class EtaPrinter {
    private static final long EVERY_NANOS = 5_000_000_000L;

    private final PrintWriter out;
    private final LongSupplier nanoTime;
    private final double work;
    private final long startedAt;
    private double done;
    private long lastLineAt;

    /**
     * Begins to count.
     *
     * @param nanoTime a clock as {@link System#nanoTime}
     * @param work all that is to be done, in any unit
     */
    public EtaPrinter(PrintWriter out, LongSupplier nanoTime, double work) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.work = work;
        this.startedAt = nanoTime.getAsLong();
        this.lastLineAt = startedAt - EVERY_NANOS;
    }

    /** Something is about to be done. */
    public void doing(String what) {
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

    /** So much of the work is done. */
    public void done(double amount) {
        done += amount;
    }
}
