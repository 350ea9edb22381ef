package io.residual.tuning.confirm;

import java.util.stream.IntStream;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/**
 * Wilcoxon's signed-rank test of paired differences, one-sided and exact: its p-value is the share of all ways to give the
 * differences signs that have a sum of positive ranks as small as theirs. Equal sizes share their mean rank; half the ranks
 * of zeros counts as positive (SciPy's {@code wilcoxon} with {@code zero_method="zsplit"}).
 */
final class SignedRankTest {
    private SignedRankTest() {}

    /**
     * The p-value of differences that tend to be below 0.
     *
     * @param differences finite
     */
    static double pLess(double[] differences) {
        // Mean ranks are multiples of a half.
        int[] ranks = twiceTheRanks(differences);
        double[] ways = {1};
        int observed = 0;
        for (int i = 0; i < ranks.length; i++) {
            if (differences[i] != 0) {
                ways = withRank(ways, ranks[i]);
            }
            if (differences[i] > 0) {
                observed += ranks[i];
            }
        }
        double all = 0;
        double asSmall = 0;
        for (int sum = 0; sum < ways.length; sum++) {
            all += ways[sum];
            asSmall += sum <= observed ? ways[sum] : 0;
        }
        return asSmall / all;
    }

    private static int[] twiceTheRanks(double[] differences) {
        double[] sizes = new double[differences.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Math.abs(differences[i]);
        }
        double[] ranks = new NaturalRanking(TiesStrategy.AVERAGE).rank(sizes);
        return IntStream.range(0, ranks.length)
                .map(i -> (int) Math.round(2 * ranks[i]))
                .toArray();
    }

    /** In how many ways each sum comes about, if one more rank is positive or not. */
    private static double[] withRank(double[] ways, int rank) {
        double[] more = new double[ways.length + rank];
        for (int sum = 0; sum < ways.length; sum++) {
            more[sum] += ways[sum];
            more[sum + rank] += ways[sum];
        }
        return more;
    }
}
