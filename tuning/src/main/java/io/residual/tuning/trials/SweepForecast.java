package io.residual.tuning.trials;

import io.residual.training.cli.Progress;
import io.residual.tuning.sweep.Sweep;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a sweep takes if nothing is pruned and all its runs take what the first did.
 *
 * @param workers trials at a time
 */
public record SweepForecast(Extent extent, Measured measured, int workers) {
    /**
     * What there is to train.
     *
     * @param trials by the budgets of trials and epochs and the searcher; empty if only the time ends the search
     * @param seeds runs of each trial, one after another
     * @param epochs of each run
     * @param time of the search
     * @param fresh runs of the confirmation
     */
    public record Extent(OptionalLong trials, int seeds, int epochs, Optional<Duration> time, int fresh) {
        static Extent of(Sweep sweep, int epochs) {
            long most = Math.min(
                    sweep.budget().trials().orElse(Integer.MAX_VALUE),
                    Strategies.searcher(sweep).trials().orElse(Integer.MAX_VALUE));
            OptionalLong budget = sweep.budget().epochs();
            if (budget.isPresent()) {
                most = Math.min(most, divideUp(budget.getAsLong(), (long) sweep.seeds() * epochs));
            }
            return new Extent(
                    most < Integer.MAX_VALUE ? OptionalLong.of(most) : OptionalLong.empty(),
                    sweep.seeds(),
                    epochs,
                    sweep.budget().time(),
                    sweep.freshRuns());
        }
    }

    /**
     * The first run until after its first epoch.
     *
     * @param startSeconds before the epoch: of the process and its images
     * @param epochSeconds of training and validation
     * @param peakBytes of memory of its process, if the system says
     */
    public record Measured(double startSeconds, double epochSeconds, OptionalLong peakBytes) {}

    private static long divideUp(long number, long by) {
        return number / by + (number % by == 0 ? 0 : 1);
    }

    /** One seed's run. */
    public double runSeconds() {
        return measured.startSeconds() + extent.epochs() * measured.epochSeconds();
    }

    /** All runs of a trial. */
    public double trialSeconds() {
        return extent.seeds() * runSeconds();
    }

    /** Search and confirmation. */
    public double seconds() {
        double trials = extent.trials().isPresent()
                ? divideUp(extent.trials().getAsLong(), workers) * trialSeconds()
                : Double.POSITIVE_INFINITY;
        double limit = extent.time().map(time -> time.toMillis() / 1e3).orElse(Double.POSITIVE_INFINITY);
        return Math.min(trials, limit) + divideUp(extent.fresh(), workers) * runSeconds();
    }

    /** Two lines about it. */
    public List<String> describe() {
        String memory = measured.peakBytes().isPresent()
                ? String.format(
                        Locale.ROOT,
                        " and %.2f GB of memory (%.2f GB a worker)",
                        workers * (measured.peakBytes().getAsLong() / 1e9),
                        measured.peakBytes().getAsLong() / 1e9)
                : "";
        return List.of(
                "Forecast: about " + Progress.duration(seconds()) + memory + ", if all trials are as the first",
                "  " + (extent.trials().isPresent() ? count(extent.trials().getAsLong(), "trial") : "trials") + " ("
                        + count(extent.seeds(), "seed") + " x " + count(extent.epochs(), "epoch") + ", "
                        + Progress.duration(trialSeconds()) + " each)"
                        + extent.time()
                                .map(time -> " within " + Progress.duration(time.toMillis() / 1e3))
                                .orElse("")
                        + (extent.fresh() > 0
                                ? ", then " + count(extent.fresh(), "run") + " to confirm ("
                                        + Progress.duration(runSeconds()) + " each)"
                                : "")
                        + ", " + count(workers, "worker") + ", none pruned");
    }

    private static String count(long number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }
}
