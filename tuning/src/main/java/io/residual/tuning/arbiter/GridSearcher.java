package io.residual.tuning.arbiter;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.search.Searcher;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.Set;
import org.deeplearning4j.arbiter.optimize.generator.GridSearchCandidateGenerator;

/**
 * Arbiter's grid search: all combinations of all values, the first parameter's changing fastest. Combinations that differ
 * only in parameters without a value are one, and those that break a constraint are skipped.
 */
public final class GridSearcher implements Searcher {
    private static final int MAX_POINTS = 1_000_000;

    private final List<Assignment> grid;

    /**
     * A grid.
     *
     * @param realValues how many values a real parameter has: from the lowest to the highest, evenly spaced (in logarithm,
     *     if it is drawn so); at least 2
     * @throws IllegalArgumentException if the grid has more than a million points
     */
    public GridSearcher(SearchSpace space, int realValues) {
        if (!(realValues >= 2)) {
            throw new IllegalArgumentException("a grid has at least 2 values of a real parameter, not " + realValues);
        }
        double points = space.parameters().stream()
                .mapToDouble(p -> p.dimension().size().orElse(realValues))
                .reduce(1, (product, size) -> product * size);
        if (!(points <= MAX_POINTS)) {
            throw new IllegalArgumentException(
                    "a grid has at most " + MAX_POINTS + " points: use fewer parameters, fewer values or wider steps");
        }
        GridSearchCandidateGenerator generator = new GridSearchCandidateGenerator(
                new UnitCube(space), realValues, GridSearchCandidateGenerator.Mode.Sequential, Map.of());
        Set<Assignment> distinct = new LinkedHashSet<>();
        while (generator.hasMoreCandidates()) {
            Assignment assignment = space.at(generator.getCandidate().getFlatParameters());
            if (space.allows(assignment)) {
                distinct.add(assignment);
            }
        }
        grid = List.copyOf(distinct);
    }

    @Override
    public Assignment propose(long trial, List<Observation> history) {
        if (trial >= grid.size()) {
            throw new NoSuchElementException("the grid has " + grid.size() + " points, there is no trial " + trial);
        }
        return grid.get(Math.toIntExact(trial));
    }

    @Override
    public OptionalLong trials() {
        return OptionalLong.of(grid.size());
    }
}
