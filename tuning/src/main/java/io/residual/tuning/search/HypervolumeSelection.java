package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Chooses and weighs points of two losses by the area that they dominate. */
final class HypervolumeSelection {
    private static final double EPSILON = 1e-12;

    private HypervolumeSelection() {}

    /**
     * The places of the best points: rank by rank, and of the last rank those that greedily add most area (Guerreiro et
     * al. 2016).
     *
     * @param losses [point][2]
     */
    static List<Integer> best(List<double[]> losses, int count) {
        int[] ranks = ParetoFront.ranks(losses);
        List<Integer> chosen = new ArrayList<>();
        for (int rank = 0; chosen.size() < count; rank++) {
            int current = rank;
            List<Integer> front = IntStream.range(0, ranks.length)
                    .filter(i -> ranks[i] == current)
                    .boxed()
                    .toList();
            int room = count - chosen.size();
            chosen.addAll(front.size() <= room ? front : greedy(front, losses, room));
        }
        return chosen;
    }

    private static List<Integer> greedy(List<Integer> front, List<double[]> losses, int count) {
        double[] reference = reference(front.stream().map(losses::get).toList());
        List<Integer> left = new ArrayList<>(front);
        List<Integer> chosen = new ArrayList<>();
        List<double[]> points = new ArrayList<>();
        while (chosen.size() < count) {
            int best = 0;
            double bestArea = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < left.size(); i++) {
                points.add(losses.get(left.get(i)));
                double area = ParetoFront.hypervolume(points, reference);
                points.remove(points.size() - 1);
                if (area > bestArea) {
                    bestArea = area;
                    best = i;
                }
            }
            points.add(losses.get(left.get(best)));
            chosen.add(left.remove(best));
        }
        return chosen;
    }

    /** What area each point alone adds to that of the others, the largest being 1. */
    static List<Double> contributions(List<double[]> losses) {
        if (losses.size() <= 1) {
            return losses.stream().map(p -> 1.0).toList();
        }
        double[] reference = reference(losses);
        double all = ParetoFront.hypervolume(losses, reference);
        double[] added = new double[losses.size()];
        for (int i = 0; i < added.length; i++) {
            List<double[]> others = new ArrayList<>(losses);
            others.remove(i);
            added[i] = all - ParetoFront.hypervolume(others, reference) + EPSILON;
        }
        double max = Arrays.stream(added).max().orElseThrow();
        return Arrays.stream(added).map(a -> Math.min(a / max, 1)).boxed().toList();
    }

    /** A little worse than the worst of each loss, as Optuna sets it. */
    private static double[] reference(List<double[]> losses) {
        double[] reference = new double[2];
        for (int k = 0; k < 2; k++) {
            int objective = k;
            double worst = losses.stream().mapToDouble(p -> p[objective]).max().orElseThrow();
            double beyond = Math.max(1.1 * worst, 0.9 * worst);
            reference[k] = beyond == 0 ? EPSILON : beyond;
        }
        return reference;
    }
}
