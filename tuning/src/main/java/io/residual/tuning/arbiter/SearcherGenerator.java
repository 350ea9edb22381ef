package io.residual.tuning.arbiter;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Outcome;
import io.residual.tuning.search.Searcher;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.CandidateGenerator;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.FixedValue;
import org.nd4j.common.function.Supplier;

/** A searcher as a generator of Arbiter's candidates, which remembers what came of them. */
final class SearcherGenerator implements CandidateGenerator {
    private final Searcher searcher;
    private final long end;
    private final Map<Long, Observation> history = new TreeMap<>();
    private long next;
    private boolean stopped;

    /**
     * Continues a search.
     *
     * @param history trials that were run before, or are running elsewhere
     * @param end the number that no trial reaches
     */
    SearcherGenerator(Searcher searcher, List<Observation> history, long end) {
        this.searcher = searcher;
        this.end = Math.min(end, searcher.trials().orElse(Long.MAX_VALUE));
        history.forEach(o -> this.history.put(o.trial(), o));
        this.next = history.stream().mapToLong(Observation::trial).max().orElse(-1) + 1;
    }

    @Override
    public synchronized boolean hasMoreCandidates() {
        return !stopped && next < end;
    }

    @Override
    public synchronized Candidate<Assignment> getCandidate() {
        long trial = next++;
        Assignment assignment = searcher.propose(trial, List.copyOf(history.values()));
        history.put(trial, new Observation(trial, assignment, new Outcome.Running()));
        // Given as a supplier: Arbiter would copy a value by Java's serialisation, which commands refuse to read.
        return new Candidate<>((Supplier<Assignment>) () -> assignment, Math.toIntExact(trial), new double[0]);
    }

    @Override
    public void reportResults(OptimizationResult result) {
        report(result.getIndex(), (Outcome) result.getModelSpecificResults());
    }

    /** What came of a trial; once more changes nothing. */
    synchronized void report(long trial, Outcome outcome) {
        history.computeIfPresent(trial, (number, before) -> new Observation(number, before.assignment(), outcome));
    }

    /** Proposes nothing more. */
    synchronized void stop() {
        stopped = true;
    }

    /** All trials, in their order. */
    synchronized List<Observation> history() {
        return List.copyOf(history.values());
    }

    @Override
    public ParameterSpace<?> getParameterSpace() {
        return new FixedValue<>(searcher);
    }

    /** Without effect: a searcher has its seed. */
    @Override
    public void setRngSeed(long seed) {}

    @Override
    public Class<?> getCandidateType() {
        return Assignment.class;
    }
}
