package io.residual.training.cli;

import io.residual.training.loop.EpochMetrics;
import java.io.IOError;
import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Progress for a terminal: a bar for the epoch that runs (images, elapsed time / time left, images/s, running loss and
 * accuracy), which gives way to the epoch's line. No colours.
 */
final class ProgressBars implements Progress {
    private static final int EVERY_MILLIS = 500;
    private static final int USUAL_WIDTH = 80;

    private final PrintStream out;
    private final ProgressBarConsumer screen;
    private final int epochs;
    private @Nullable ProgressBar bar;

    /**
     * Progress on a screen.
     *
     * @param out for what remains
     * @param screen for the bars, one after the other; closing it must do nothing
     */
    ProgressBars(PrintStream out, ProgressBarConsumer screen, int epochs) {
        this.out = out;
        this.screen = screen;
        this.epochs = epochs;
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
    public void epochStarted(int epoch, long images, long done) {
        close();
        // Units and long words would leave no room for the bar in 80 columns.
        bar = new ProgressBarBuilder()
                .setTaskName("epoch " + epoch + "/" + epochs)
                .setInitialMax(images)
                .startsFrom(done, Duration.ZERO)
                .setUnit("", 1)
                .showSpeed(new DecimalFormat("0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(EVERY_MILLIS)
                .setConsumer(screen)
                .build();
    }

    @Override
    public void stepDone(int images, double runningLoss, double runningAccuracy) {
        if (bar != null) {
            bar.stepBy(images);
            bar.setExtraMessage(String.format(Locale.ROOT, " loss %.3f acc %.3f", runningLoss, runningAccuracy));
        }
    }

    @Override
    public void epochDone(EpochMetrics metrics) {
        close();
        out.println(Progress.summary(metrics, epochs));
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            // Not clearDisplayOnFinish: a bar that is closed before it was first drawn is then drawn, and left there.
            screen.clear();
            out.flush();
        }
    }
}
