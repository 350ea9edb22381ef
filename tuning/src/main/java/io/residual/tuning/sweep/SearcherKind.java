package io.residual.tuning.sweep;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How the next trial's values are chosen. */
public enum SearcherKind {
    /** Drawn at random. */
    RANDOM,
    /** Every point of a grid. */
    GRID,
    /** Crossed and mutated from the best so far. */
    GENETIC,
    /** A scrambled Sobol sequence, which fills the space evenly. */
    SOBOL,
    /** The tree-structured Parzen estimator: values that are frequent among good trials and rare among bad ones. */
    TPE;

    static Optional<SearcherKind> named(String label) {
        return Arrays.stream(values()).filter(s -> s.label().equals(label)).findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(SearcherKind::label).toList();
    }

    /** Name in sweep files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
