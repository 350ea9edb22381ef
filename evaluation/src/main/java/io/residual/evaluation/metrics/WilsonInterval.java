package io.residual.evaluation.metrics;

import java.util.Locale;
import org.apache.commons.numbers.gamma.InverseErfc;

/**
 * Where the true rate lies, given how often something happened in independent trials: the score interval, which keeps
 * its level also near 0 and 1 and never leaves [0, 1]. It tells how well a finite test set measures one model; it says
 * nothing of how much models trained from other seeds would differ.
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
     * Returns the interval at a confidence level, the same probability left out on both sides.
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
        // The standard normal's quantile of (1 + level) / 2.
        double z = Math.sqrt(2) * InverseErfc.value(1 - level);
        double n = trials;
        double rate = successes / n;
        double denominator = 1 + z * z / n;
        double centre = (rate + z * z / (2 * n)) / denominator;
        double half = z * Math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / denominator;
        // Exactly 0 and 1 at the ends, where rounding would leave 1e-17 or pass the end.
        double low = successes == 0 ? 0 : Math.max(0, centre - half);
        double high = successes == trials ? 1 : Math.min(1, centre + half);
        return new WilsonInterval(low, high, level);
    }

    /** Returns, for example, {@code 95 % interval 0.8931 to 0.9049}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.4g", 100 * level).replaceFirst("\\.?0+$", "") + " % interval "
                + Ratio.text(low) + " to " + Ratio.text(high);
    }
}
