package io.residual.training.cli;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.Score;
import io.residual.training.loop.TrainingListener;
import java.io.PrintStream;
import java.util.Locale;

/** The progress of training on standard output. */
public sealed interface Progress extends TrainingListener, AutoCloseable permits ProgressBars, ProgressLines {
    /** A bar on an interactive terminal, else a line now and then. */
    static Progress on(Terminal terminal, PrintStream out, int epochs) {
        return switch (terminal) {
            case INTERACTIVE -> new ProgressBars(out, new ProgressBars.LastLine(out), epochs);
            case PLAIN -> new ProgressLines(out, System::nanoTime, epochs);
        };
    }

    @Override
    default void epochStarted(Position at, long images) {
        epochStarted(at.epoch(), images, at.score().images());
    }

    @Override
    default void stepDone(Position at, int images) {
        Score soFar = at.score().mean();
        stepDone(images, soFar.loss(), soFar.accuracy());
    }

    @Override
    default void epochDone(Position at, EpochMetrics metrics) {
        epochDone(metrics);
    }

    /**
     * An epoch starts or is resumed.
     *
     * @param epoch counted from 1
     * @param images of the complete epoch
     * @param done how many of them an interrupted process had already trained on
     */
    void epochStarted(int epoch, long images, long done);

    /**
     * A step is over.
     *
     * @param images of the step
     * @param runningLoss mean over the epoch so far
     * @param runningAccuracy over the epoch so far, 0 to 1
     */
    void stepDone(int images, double runningLoss, double runningAccuracy);

    /** An epoch and its validation are over. */
    void epochDone(EpochMetrics metrics);

    /** Leaves the terminal clean, also in the middle of an epoch. */
    @Override
    void close();

    /** The one line that remains of an epoch. */
    static String summary(EpochMetrics metrics, int epochs) {
        return String.format(
                Locale.ROOT,
                "epoch %d/%d: training loss %.4f, accuracy %.4f; validation loss %.4f, accuracy %.4f; %.1f images/s, %s",
                metrics.epoch(),
                epochs,
                metrics.trainLoss(),
                metrics.trainAccuracy(),
                metrics.validationLoss(),
                metrics.validationAccuracy(),
                metrics.imagesPerSecond(),
                duration(metrics.epochSeconds()));
    }

    /** "7.3 s", "2 min 05 s" or "1 h 02 min". */
    static String duration(double seconds) {
        if (seconds < 59.95) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }
}
