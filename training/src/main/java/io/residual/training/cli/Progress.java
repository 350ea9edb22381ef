package io.residual.training.cli;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import java.io.IOError;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * The progress of training on standard output: on a screen a bar for the epoch that runs (images, elapsed time / time left,
 * images/s, running loss and accuracy), which gives way to the epoch's line; in logs and pipes a line every ten seconds at
 * most. No colours.
 */
public final class Progress implements TrainingListener, AutoCloseable {
    private static final long LINE_EVERY_NANOS = 10_000_000_000L;
    private static final int BAR_EVERY_MILLIS = 500;
    private static final int USUAL_WIDTH = 80;

    private final PrintStream out;
    private final Optional<ProgressBarConsumer> screen;
    private final LongSupplier nanoTime;
    private final int epochs;
    private @Nullable ProgressBar bar;
    private long images;
    private long doneBefore;
    private long startedAt;
    private long lastLineAt;

    /**
     * Progress of a run.
     *
     * @param out for what remains
     * @param screen for the bars, one after the other; closing it must do nothing; empty for lines
     * @param nanoTime a clock as {@link System#nanoTime}
     */
    Progress(PrintStream out, Optional<ProgressBarConsumer> screen, LongSupplier nanoTime, int epochs) {
        this.out = out;
        this.screen = screen;
        this.nanoTime = nanoTime;
        this.epochs = epochs;
    }

    /** A bar on an interactive terminal, else a line now and then. */
    static Progress on(Terminal terminal, PrintStream out, int epochs) {
        Optional<ProgressBarConsumer> screen =
                terminal == Terminal.INTERACTIVE ? Optional.of(new LastLine(out)) : Optional.empty();
        return new Progress(out, screen, System::nanoTime, epochs);
    }

    /** The terminal's last line. The library's own consumer ends each bar with a line end. */
    static final class LastLine extends ConsoleProgressBarConsumer {
        LastLine(PrintStream out) {
            super(out);
        }

        /** A terminal that was closed has no width any more; the run that draws there continues, to save itself. */
        @Override
        public int getMaxRenderedLength() {
            try {
                return super.getMaxRenderedLength();
            } catch (IOError closed) {
                return USUAL_WIDTH;
            }
        }

        @Override
        public void close() {}
    }

    @Override
    public void epochStarted(Position at, long images) {
        close();
        this.images = images;
        doneBefore = at.score().images();
        startedAt = nanoTime.getAsLong();
        lastLineAt = startedAt;
        // Units and long words would leave no room for the bar in 80 columns.
        bar = screen.map(consumer -> new ProgressBarBuilder()
                        .setTaskName("epoch " + at.epoch() + "/" + epochs)
                        .setInitialMax(images)
                        .startsFrom(doneBefore, Duration.ZERO)
                        .setUnit("", 1)
                        .showSpeed(new DecimalFormat("0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(BAR_EVERY_MILLIS)
                        .setConsumer(consumer)
                        .build())
                .orElse(null);
    }

    @Override
    public void stepDone(Position at, int step) {
        double loss = at.score().meanLoss();
        double accuracy = at.score().accuracy();
        if (bar != null) {
            bar.stepBy(step);
            bar.setExtraMessage(String.format(Locale.ROOT, " loss %.3f acc %.3f", loss, accuracy));
        } else if (nanoTime.getAsLong() - lastLineAt >= LINE_EVERY_NANOS) {
            lastLineAt = nanoTime.getAsLong();
            long done = at.score().images();
            double imagesPerSecond = (done - doneBefore) * 1e9 / (lastLineAt - startedAt);
            out.println(String.format(
                    Locale.ROOT,
                    "epoch %d/%d: %d of %d images, loss %.4f, accuracy %.4f; %.1f images/s, %s left",
                    at.epoch(),
                    epochs,
                    done,
                    images,
                    loss,
                    accuracy,
                    imagesPerSecond,
                    duration((images - done) / imagesPerSecond)));
        }
    }

    @Override
    public void epochDone(Position at, EpochMetrics metrics) {
        close();
        out.println(String.format(
                Locale.ROOT,
                "epoch %d/%d: training loss %.4f, accuracy %.4f; validation loss %.4f, accuracy %.4f; %.1f images/s,"
                        + " %s",
                metrics.epoch(),
                epochs,
                metrics.trainLoss(),
                metrics.trainAccuracy(),
                metrics.validationLoss(),
                metrics.validationAccuracy(),
                metrics.imagesPerSecond(),
                duration(metrics.epochSeconds())));
    }

    /** Leaves the terminal clean, also in the middle of an epoch. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            // Not clearDisplayOnFinish: a bar that is closed before it was first drawn is then drawn, and left there.
            screen.ifPresent(ProgressBarConsumer::clear);
        }
        out.flush();
    }

    /** "7.3 s", "2 min 05 s" or "1 h 02 min". */
    public static String duration(double seconds) {
        if (seconds < 59.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
}
