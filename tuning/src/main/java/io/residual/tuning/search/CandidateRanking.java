package io.residual.tuning.search;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/**
 * Candidates by the ratio of two densities, the highest first, of equals the earlier. The first takes a part of the time that
 * all would: the density of the divisor only grows while it is added up, so a candidate is dropped, until a later one is asked
 * for, once another is better with all of its kernels.
 */
final class CandidateRanking implements Iterator<Map<String, Object>> {
    private static final Comparator<Candidate> ORDER = Comparator.comparingDouble(Candidate::bound)
            .reversed()
            .thenComparing(Candidate::isComplete)
            .thenComparingInt(candidate -> candidate.index);

    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(ORDER);

    /**
     * A ranking of candidates.
     *
     * @param candidates values of the parameters of both densities
     */
    CandidateRanking(List<Map<String, Object>> candidates, ParzenEstimator dividend, ParzenEstimator divisor) {
        for (Map<String, Object> values : candidates) {
            queue.add(new Candidate(queue.size(), values, dividend.logDensity(values), divisor.new Sum(values)));
        }
    }

    @Override
    public boolean hasNext() {
        return !queue.isEmpty();
    }

    /** @throws NoSuchElementException if there is none left */
    @Override
    public Map<String, Object> next() {
        for (Candidate first = queue.remove(); ; first = queue.remove()) {
            if (first.isComplete()) {
                return first.values;
            }
            first.divisor.addBlock();
            first.bound = first.logDividend - first.divisor.log();
            queue.add(first);
        }
    }

    private static final class Candidate {
        private final int index;
        private final Map<String, Object> values;
        private final double logDividend;
        private final ParzenEstimator.Sum divisor;
        /** At least the logarithm of its ratio; that itself, once it is complete. */
        private double bound = Double.POSITIVE_INFINITY;

        Candidate(int index, Map<String, Object> values, double logDividend, ParzenEstimator.Sum divisor) {
            this.index = index;
            this.values = values;
            this.logDividend = logDividend;
            this.divisor = divisor;
        }

        double bound() {
            return bound;
        }

        boolean isComplete() {
            return divisor.isComplete();
        }
    }
}
