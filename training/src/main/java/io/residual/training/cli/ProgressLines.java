package io.residual.training.cli;

import io.residual.training.loop.EpochMetrics;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Progress for logs and pipes: a line every ten seconds at most. */
final class ProgressLines implements Progress {
    private static final long EVERY_NANOS = 10_000_000_000L;

    private final PrintStream out;
    private final LongSupplier nanoTime;
    private final int epochs;
    private int epoch;
    private long images;
    private long done;
    private long doneBefore;
    private long startedAt;
    private long lastLineAt;

    /** @param nanoTime a clock as {@link System#nanoTime} */
    ProgressLines(PrintStream out, LongSupplier nanoTime, int epochs) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.epochs = epochs;
    }

    @Override
    public void epochStarted(int epoch, long images, long done) {
        this.epoch = epoch;
        this.images = images;
        this.done = done;
        doneBefore = done;
        startedAt = nanoTime.getAsLong();
        lastLineAt = startedAt;
    }

    @Override
    public void stepDone(int images, double runningLoss, double runningAccuracy) {
        done += images;
        long now = nanoTime.getAsLong();
        if (now - lastLineAt < EVERY_NANOS) {
            return;
        }
        lastLineAt = now;
        double imagesPerSecond = (done - doneBefore) * 1e9 / (now - startedAt);
        out.println(String.format(
                Locale.ROOT,
                "epoch %d/%d: %d of %d images, loss %.4f, accuracy %.4f; %.1f images/s, %s left",
                epoch,
                epochs,
                done,
                this.images,
                runningLoss,
                runningAccuracy,
                imagesPerSecond,
                Progress.duration((this.images - done) / imagesPerSecond)));
    }

    @Override
    public void epochDone(EpochMetrics metrics) {
        out.println(Progress.summary(metrics, epochs));
    }

    @Override
    public void close() {
        out.flush();
    }
}
