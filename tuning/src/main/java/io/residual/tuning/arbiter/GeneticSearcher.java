package io.residual.tuning.arbiter;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.search.Searcher;
import io.residual.tuning.search.TrialRandom;
import io.residual.tuning.search.TrialState;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.commons.math3.random.JDKRandomGenerator;
import org.apache.commons.math3.random.RandomGenerator;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.api.data.DataProvider;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;
import org.deeplearning4j.arbiter.optimize.generator.GeneticSearchCandidateGenerator;
import org.deeplearning4j.arbiter.optimize.generator.genetic.crossover.SinglePointCrossover;
import org.deeplearning4j.arbiter.optimize.generator.genetic.crossover.parentselection.RandomTwoParentSelection;
import org.deeplearning4j.arbiter.optimize.generator.genetic.mutation.RandomMutationOperator;
import org.deeplearning4j.arbiter.optimize.generator.genetic.population.PopulationModel;
import org.deeplearning4j.arbiter.optimize.generator.genetic.selection.GeneticSelectionOperator;

/**
 * Arbiter's genetic search: a new trial has the values of two earlier ones up to and after a random parameter, and
 * sometimes others. Finished trials are its population.
 */
public final class GeneticSearcher implements Searcher {
    private static final int POPULATION = 30;
    private static final double CROSSOVER_RATE = 0.85;
    private static final double MUTATION_RATE = 0.1;

    private final SearchSpace space;
    private final Direction direction;
    private final long seed;

    public GeneticSearcher(SearchSpace space, Direction direction, long seed) {
        this.space = space;
        this.direction = direction;
        this.seed = seed;
    }

    @Override
    public Assignment propose(long trial, List<Observation> history) {
        GeneticSearchCandidateGenerator generator =
                generator(TrialRandom.of(seed, trial).nextLong());
        history.stream()
                .filter(o -> o.state() == TrialState.DONE)
                .sorted(Comparator.comparingLong(Observation::trial))
                .map(this::result)
                .forEach(generator::reportResults);
        return space.firstUntried(
                () -> space.at(generator.getCandidate().getFlatParameters()),
                tried -> Observation.isTried(tried, history));
    }

    private GeneticSearchCandidateGenerator generator(long trialSeed) {
        // Arbiter's operators have generators of their own; all of them are given, so that none is seeded by the clock.
        RandomGenerator random = new JDKRandomGenerator();
        random.setSeed(trialSeed);
        GeneticSelectionOperator selection = new GeneticSelectionOperator.Builder()
                .randomGenerator(random)
                .crossoverOperator(new SinglePointCrossover.Builder()
                        .randomGenerator(random)
                        .parentSelection(new RandomTwoParentSelection(random))
                        .crossoverRate(CROSSOVER_RATE)
                        .build())
                .mutationOperator(new RandomMutationOperator.Builder()
                        .randomGenerator(random)
                        .mutationRate(MUTATION_RATE)
                        .build())
                .build();
        GeneticSearchCandidateGenerator generator = new GeneticSearchCandidateGenerator.Builder(
                        new UnitCube(space), new SmallerLoss())
                .populationModel(
                        new PopulationModel.Builder().populationSize(POPULATION).build())
                .selectionOperator(selection)
                .build();
        generator.setRngSeed(trialSeed);
        return generator;
    }

    private OptimizationResult result(Observation observation) {
        int number = Math.toIntExact(observation.trial());
        double[] point = space.point(observation.assignment());
        Candidate<double[]> candidate = new Candidate<>(point, number, point);
        double loss = direction.loss(observation.objectives().get(0));
        return new OptimizationResult(candidate, loss, number, null, null, null);
    }

    /** Says that smaller scores are better; it is never asked for one. */
    private static final class SmallerLoss implements ScoreFunction {
        private static final long serialVersionUID = 1;

        @Override
        public boolean minimize() {
            return true;
        }

        @Override
        @SuppressWarnings("deprecation") // as Arbiter declares it
        public double score(Object model, DataProvider data, Map<String, Object> dataParameters) {
            throw new UnsupportedOperationException("results come with their scores");
        }

        @Override
        public double score(Object model, Class<? extends DataSource> data, Properties properties) {
            throw new UnsupportedOperationException("results come with their scores");
        }

        @Override
        public List<Class<?>> getSupportedModelTypes() {
            return List.of();
        }

        @Override
        public List<Class<?>> getSupportedDataTypes() {
            return List.of();
        }
    }
}
