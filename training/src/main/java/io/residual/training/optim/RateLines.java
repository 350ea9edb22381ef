package io.residual.training.optim;

import io.residual.training.config.Anneal;

/** Ways from one value to another, by the share of the way that is done. */
final class RateLines {
    private RateLines() {}

    static double between(Anneal anneal, double from, double to, double share) {
        return switch (anneal) {
            case COSINE -> cosine(from, to, share);
            case LINEAR -> linear(from, to, share);
        };
    }

    static double linear(double from, double to, double share) {
        return from + (to - from) * share;
    }

    static double cosine(double from, double to, double share) {
        return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
    }
}
