package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The trade-offs between objectives, such as accuracy against images per second: values to which no other is better in
 * one objective without being worse in another.
 */
public final class ParetoFront {
    private ParetoFront() {}

    /**
     * The places of the values that no other dominates, in their order; of equal values, all.
     *
     * @param objectives [value][objective], finite
     * @param directions one for each objective
     */
    public static List<Integer> of(List<List<Double>> objectives, List<Direction> directions) {
        int[] ranks = ranks(losses(objectives, directions));
        return IntStream.range(0, ranks.length)
                .filter(i -> ranks[i] == 0)
                .boxed()
                .toList();
    }

    /**
     * The area that the values dominate, up to a reference point that is worse than the values of interest.
     *
     * @param objectives [value][2], finite
     * @param directions two
     * @param reference two values
     */
    public static double hypervolume(
            List<List<Double>> objectives, List<Direction> directions, List<Double> reference) {
        return hypervolume(
                losses(objectives, directions),
                losses(List.of(reference), directions).get(0));
    }

    private static List<double[]> losses(List<List<Double>> objectives, List<Direction> directions) {
        return objectives.stream()
                .map(values -> {
                    if (values.size() != directions.size()) {
                        throw new IllegalArgumentException(
                                "each of " + directions.size() + " objectives has a value, got " + values);
                    }
                    return IntStream.range(0, values.size())
                            .mapToDouble(k -> directions.get(k).loss(values.get(k)))
                            .toArray();
                })
                .toList();
    }

    /**
     * Rank of each point: 0 if no other dominates it, 1 if only those of rank 0 do, and so on (Deb et al. 2002,
     * section III-A).
     *
     * @param losses [point][objective], smaller is better
     */
    public static int[] ranks(List<double[]> losses) {
        return !losses.isEmpty() && losses.get(0).length == 2 ? ranksOfTwo(losses) : peeled(losses);
    }

    /**
     * With two losses, in the order of the first, a point is dominated by a front if it is by the latest point of that front,
     * and then also by all fronts before (Jensen 2003): the time of n points is that of sorting them.
     */
    private static int[] ranksOfTwo(List<double[]> losses) {
        int[] ranks = new int[losses.size()];
        List<double[]> latest = new ArrayList<>();
        int[] order = IntStream.range(0, ranks.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> losses.get(i)[0])
                        .thenComparingDouble(i -> losses.get(i)[1]))
                .mapToInt(i -> i)
                .toArray();
        for (int i : order) {
            double[] point = losses.get(i);
            int rank = 0;
            for (int end = latest.size(); rank < end; ) {
                int middle = (rank + end) / 2;
                if (dominates(latest.get(middle), point)) {
                    rank = middle + 1;
                } else {
                    end = middle;
                }
            }
            if (rank == latest.size()) {
                latest.add(point);
            } else {
                latest.set(rank, point);
            }
            ranks[i] = rank;
        }
        return ranks;
    }

    private static int[] peeled(List<double[]> losses) {
        int[] ranks = new int[losses.size()];
        Arrays.fill(ranks, -1);
        int unranked = ranks.length;
        for (int rank = 0; unranked > 0; rank++) {
            List<Integer> front = new ArrayList<>();
            for (int i = 0; i < ranks.length; i++) {
                if (ranks[i] < 0 && !dominatedByUnranked(i, losses, ranks)) {
                    front.add(i);
                }
            }
            for (int i : front) {
                ranks[i] = rank;
            }
            unranked -= front.size();
        }
        return ranks;
    }

    private static boolean dominatedByUnranked(int point, List<double[]> losses, int[] ranks) {
        return IntStream.range(0, ranks.length)
                .anyMatch(other -> ranks[other] < 0 && dominates(losses.get(other), losses.get(point)));
    }

    private static boolean dominates(double[] one, double[] other) {
        boolean better = false;
        for (int k = 0; k < one.length; k++) {
            if (one[k] > other[k]) {
                return false;
            }
            better |= one[k] < other[k];
        }
        return better;
    }

    /**
     * The area between points and a reference point.
     *
     * @param losses [point][2], smaller is better
     * @param reference two losses; points that are worse in one of them add nothing
     */
    public static double hypervolume(List<double[]> losses, double[] reference) {
        List<double[]> inside = losses.stream()
                .filter(p -> p[0] < reference[0] && p[1] < reference[1])
                .sorted(Comparator.comparingDouble((double[] p) -> p[0]).thenComparingDouble(p -> p[1]))
                .toList();
        double area = 0;
        double ceiling = reference[1];
        for (double[] point : inside) {
            if (point[1] < ceiling) {
                area += (reference[0] - point[0]) * (ceiling - point[1]);
                ceiling = point[1];
            }
        }
        return area;
    }
}
