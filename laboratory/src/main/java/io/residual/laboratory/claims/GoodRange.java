package io.residual.laboratory.claims;

import java.util.List;

/** The settings around the best one that are nearly as good. */
final class GoodRange {
    private GoodRange() {}

    /**
     * How wide the range around the best rate is in which the accuracy stays near the best. Between two rates the accuracy is taken
     * for a line over the logarithm of the rate; beyond the first and the last nothing is known, so that the range ends there.
     *
     * @param rates above 0, rising
     * @param accuracies one for each rate
     * @param margin how much less than the best is near
     * @return decimal logarithm of the range's end over its start, at least 0
     */
    static double decades(List<Double> rates, List<Double> accuracies, double margin) {
        int best = 0;
        for (int i = 1; i < accuracies.size(); i++) {
            best = accuracies.get(i) > accuracies.get(best) ? i : best;
        }
        double threshold = accuracies.get(best) - margin;
        return end(rates, accuracies, threshold, best, 1) - end(rates, accuracies, threshold, best, -1);
    }

    private static double end(List<Double> rates, List<Double> accuracies, double threshold, int best, int step) {
        for (int i = best; i + step >= 0 && i + step < rates.size(); i += step) {
            double outer = accuracies.get(i + step);
            if (outer < threshold) {
                double inside = Math.log10(rates.get(i));
                double share = (accuracies.get(i) - threshold) / (accuracies.get(i) - outer);
                return inside + share * (Math.log10(rates.get(i + step)) - inside);
            }
        }
        return Math.log10(rates.get(step > 0 ? rates.size() - 1 : 0));
    }

    /** Share of settings, good or not next to each other, whose accuracy is near the best; in (0, 1]. */
    static double share(List<Double> accuracies, double margin) {
        double best = accuracies.stream().mapToDouble(a -> a).max().orElseThrow();
        long near = accuracies.stream().filter(a -> a >= best - margin).count();
        return (double) near / accuracies.size();
    }
}
