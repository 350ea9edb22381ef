package io.residual.tuning.search;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Quasi-random search: the points of a scrambled Sobol sequence. It does not look at the history; what 2^m trials try is
 * spread most evenly.
 */
public final class SobolSearcher implements Searcher {
    private final SearchSpace space;
    private final SobolPoints points;

    public SobolSearcher(SearchSpace space, long seed) {
        this.space = space;
        int dimensions = space.parameters().size();
        UniformRandomProvider random = TrialRandom.of(seed, 0);
        this.points = new SobolPoints(dimensions, random.ints(dimensions).toArray());
    }

    /** The {@code trial}-th point that all constraints allow. */
    @Override
    public Assignment propose(long trial, List<Observation> history) {
        AtomicInteger index = new AtomicInteger();
        Assignment proposed = next(index);
        for (long allowed = 0; allowed < trial; allowed++) {
            proposed = next(index);
        }
        return proposed;
    }

    private Assignment next(AtomicInteger index) {
        return space.firstAllowed(() -> space.at(points.point(index.getAndIncrement())));
    }
}
