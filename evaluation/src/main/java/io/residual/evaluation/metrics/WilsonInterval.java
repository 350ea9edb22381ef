package io.residual.evaluation.metrics;

import io.residual.report.Numbers;
import java.util.Locale;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/**
 * Where the true rate lies, given how often something happened in independent trials: the score interval, which keeps
 * its level also near 0 and 1 and never leaves [0, 1]. It says how well a finite test set measures one model, and nothing
 * about how much models trained from other seeds would differ.
 *
 * <p>E. B. Wilson, <i>Probable inference, the law of succession, and statistical inference</i>, JASA 22 (1927).
 *
 * @param low the lower bound, in [0, 1]
 * @param high the upper bound, in [low, 1]
 * @param level the confidence level, in (0, 1)
 */
public record WilsonInterval(double low, double high, double level) {
    private static final double DEFAULT_LEVEL = 0.95;

    public WilsonInterval {
        requireLevel(level);
        if (!(0 <= low && low <= high && high <= 1)) {
            throw new IllegalArgumentException("not bounds in [0, 1]: " + low + " and " + high);
        }
    }

    private static void requireLevel(double level) {
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("the confidence level must be in (0, 1), found " + level);
        }
    }

    /** Returns the interval at 95 %. */
    public static WilsonInterval of(long successes, long trials) {
        return of(successes, trials, DEFAULT_LEVEL);
    }

    /**
     * Returns the interval at a confidence level, the same probability outside on both sides.
     *
     * @param successes in [0, trials]
     * @param trials at least 1
     * @param level in (0, 1)
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public static WilsonInterval of(long successes, long trials, double level) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException("not a count of successes in trials: " + successes + " in " + trials);
        }
        requireLevel(level);
        Interval interval = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(
                Math.toIntExact(trials), Math.toIntExact(successes), 1 - level);
        // Exactly 0 and 1 at the ends, where rounding would leave 1e-17.
        return new WilsonInterval(
                successes == 0 ? 0 : interval.getLowerBound(),
                successes == trials ? 1 : interval.getUpperBound(),
                level);
    }

    /** Returns, for example, {@code 95 % interval 0.8931 to 0.9049}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.4g", 100 * level).replaceFirst("\\.?0+$", "") + " % interval "
                + Numbers.share(low) + " to " + Numbers.share(high);
    }
}
