package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Quasi-random search: the points of a scrambled Sobol sequence. It does not look at the history; what 2^m trials try is
 * spread most evenly.
 */
public final class SobolSearcher implements Searcher {
    private final SearchSpace space;
    private final SobolPoints points;
    /** The points that all constraints allow, as far as they were asked for. */
    private final List<Assignment> allowed = new ArrayList<>();
    /** Place in the sequence of the point after the last of them. */
    private int next;

    public SobolSearcher(SearchSpace space, long seed) {
        this.space = space;
        int dimensions = space.parameters().size();
        UniformRandomProvider random = TrialRandom.of(seed, 0);
        this.points = new SobolPoints(dimensions, random.ints(dimensions).toArray());
    }

    /** The {@code trial}-th point that all constraints allow. */
    @Override
    public synchronized Assignment propose(long trial, List<Observation> history) {
        while (allowed.size() <= trial) {
            allowed.add(space.firstAllowed(() -> space.at(points.point(next++))));
        }
        return allowed.get((int) trial);
    }
}
