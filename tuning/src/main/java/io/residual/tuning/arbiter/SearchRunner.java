package io.residual.tuning.arbiter;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Outcome;
import io.residual.tuning.search.Searcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.api.TaskCreator;
import org.deeplearning4j.arbiter.optimize.api.data.DataProvider;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.saving.InMemoryResultSaver;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;
import org.deeplearning4j.arbiter.optimize.api.termination.MaxCandidatesCondition;
import org.deeplearning4j.arbiter.optimize.api.termination.MaxTimeCondition;
import org.deeplearning4j.arbiter.optimize.api.termination.TerminationCondition;
import org.deeplearning4j.arbiter.optimize.config.OptimizationConfiguration;
import org.deeplearning4j.arbiter.optimize.runner.CandidateInfo;
import org.deeplearning4j.arbiter.optimize.runner.CandidateStatus;
import org.deeplearning4j.arbiter.optimize.runner.IOptimizationRunner;
import org.deeplearning4j.arbiter.optimize.runner.LocalOptimizationRunner;
import org.deeplearning4j.arbiter.optimize.runner.listener.StatusListener;

/**
 * Runs a searcher's trials by Arbiter's runner, as many at a time as there are workers.
 *
 * @param direction of the first objective
 * @param trials how many the search has in all, those of its history included, at least 1
 * @param time after which no trial starts and running ones are interrupted; no limit, if empty
 * @param workers trials at a time, at least 1
 */
public record SearchRunner(Searcher searcher, Direction direction, long trials, Optional<Duration> time, int workers) {
    public SearchRunner {
        if (!(trials >= 1 && workers >= 1)) {
            throw new IllegalArgumentException(
                    "a search has at least 1 trial and 1 worker, got " + trials + " and " + workers);
        }
    }

    /**
     * Runs what is left of the search.
     *
     * @param history trials that were run before; the next one has the number after theirs
     * @return all trials, in their order; {@link Outcome.Running} those that were interrupted
     * @throws Exception the first that the runner of trials threw, after the other running trials have ended
     */
    public List<Observation> run(List<Observation> history, TrialRunner runner) throws Exception {
        SearcherGenerator generator = new SearcherGenerator(searcher, history, trials);
        if (!generator.hasMoreCandidates()) {
            return generator.history();
        }
        List<TerminationCondition> ends = new ArrayList<>();
        ends.add(new MaxCandidatesCondition(Math.toIntExact(trials - history.size())));
        ends.add(new NothingLeft(generator));
        time.ifPresent(t -> ends.add(new MaxTimeCondition(t.toMillis(), TimeUnit.MILLISECONDS)));
        OptimizationConfiguration configuration = new OptimizationConfiguration.Builder()
                .candidateGenerator(generator)
                .dataSource(NoData.class, new Properties())
                .modelSaver(new InMemoryResultSaver())
                .scoreFunction(new Loss(direction))
                .terminationConditions(ends)
                .build();
        Tasks tasks = new Tasks(runner, new Loss(direction), generator);
        LocalOptimizationRunner arbiter = new LocalOptimizationRunner(workers, configuration, tasks);
        // It would wait for hours, and not interrupt what runs.
        arbiter.setShutdownMaxWaitMS(1);
        arbiter.execute();
        arbiter.shutdown(false);
        tasks.awaitEnd();
        return generator.history();
    }

    /** Hands candidates to the runner of trials. */
    private static final class Tasks implements TaskCreator {
        private final TrialRunner runner;
        private final Loss loss;
        private final SearcherGenerator generator;
        private final AtomicReference<Exception> fault = new AtomicReference<>();
        /** One party for each running trial, and one for who waits for them. */
        private final Phaser running = new Phaser(1);

        Tasks(TrialRunner runner, Loss loss, SearcherGenerator generator) {
            this.runner = runner;
            this.loss = loss;
            this.generator = generator;
        }

        @Override
        @SuppressWarnings("rawtypes") // as Arbiter declares it
        public Callable<OptimizationResult> create(
                Candidate candidate,
                Class<? extends DataSource> dataSource,
                Properties properties,
                ScoreFunction scoreFunction,
                List<StatusListener> listeners,
                IOptimizationRunner optimisation) {
            return () -> result(candidate);
        }

        @Override
        @SuppressWarnings({"rawtypes", "deprecation"}) // as Arbiter declares it
        public Callable<OptimizationResult> create(
                Candidate candidate,
                DataProvider data,
                ScoreFunction scoreFunction,
                List<StatusListener> listeners,
                IOptimizationRunner optimisation) {
            return () -> result(candidate);
        }

        private OptimizationResult result(Candidate<?> candidate) {
            running.register();
            long created = System.currentTimeMillis();
            Outcome outcome = new Outcome.Running();
            try {
                outcome = runner.run(candidate.getIndex(), (Assignment) candidate.getValue());
                // Arbiter no longer reports what ends after the time is over.
                generator.report(candidate.getIndex(), outcome);
            } catch (InterruptedException e) {
                generator.stop();
            } catch (Exception e) {
                fault.compareAndSet(null, e);
                generator.stop();
            } finally {
                running.arriveAndDeregister();
            }
            double score = loss.of(outcome);
            long now = System.currentTimeMillis();
            CandidateInfo info = new CandidateInfo(
                    candidate.getIndex(), CandidateStatus.Complete, score, created, created, now, null, null);
            return new OptimizationResult(candidate, score, candidate.getIndex(), outcome, info, null);
        }

        /** Waits for the running trials, and throws the first fault. */
        void awaitEnd() throws Exception {
            running.arriveAndAwaitAdvance();
            Exception first = fault.get();
            if (first != null) {
                throw first;
            }
        }
    }

    /** A grid's end, or a stop: Arbiter goes on waiting for candidates otherwise. */
    private record NothingLeft(SearcherGenerator generator) implements TerminationCondition {
        @Override
        public void initialize(IOptimizationRunner optimisation) {}

        @Override
        public boolean terminate(IOptimizationRunner optimisation) {
            return !generator.hasMoreCandidates() && optimisation.numCandidatesQueued() == 0;
        }
    }

    /** Arbiter asks for a source of data, which trials find themselves. */
    public static final class NoData implements DataSource {
        @Override
        public void configure(Properties properties) {}

        @Override
        public Object trainData() {
            return List.of();
        }

        @Override
        public Object testData() {
            return List.of();
        }

        @Override
        public Class<?> getDataType() {
            return List.class;
        }
    }
}
