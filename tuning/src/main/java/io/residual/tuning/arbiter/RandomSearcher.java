package io.residual.tuning.arbiter;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.search.Searcher;
import io.residual.tuning.search.TrialRandom;
import java.util.List;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;

/** Arbiter's random search. It looks at the history only to try nothing twice. */
public final class RandomSearcher implements Searcher {
    private final SearchSpace space;
    private final long seed;

    public RandomSearcher(SearchSpace space, long seed) {
        this.space = space;
        this.seed = seed;
    }

    @Override
    public Assignment propose(long trial, List<Observation> history) {
        RandomSearchGenerator generator = new RandomSearchGenerator(new UnitCube(space));
        generator.setRngSeed(TrialRandom.of(seed, trial).nextLong());
        return space.firstUntried(
                () -> space.at(generator.getCandidate().getFlatParameters()),
                tried -> Observation.isTried(tried, history));
    }
}
