package io.residual.tuning.trials;

import io.residual.tuning.search.TrialState;
import java.util.OptionalDouble;

/**
 * A run of a finished trial with a seed that the search has not seen.
 *
 * @param state DONE, DIVERGED or FAILED; WAITING after its worker was lost
 * @param reason why it is in its state; empty if the state says all
 * @param attempts workers that were lost on it, at least 0
 * @param value of the first objective after the last epoch, finite; of a run that is done, and of no other
 */
public record FreshRun(TrialState state, String reason, int attempts, OptionalDouble value) {
    public FreshRun {
        if (attempts < 0) {
            throw new IllegalArgumentException("attempts must be at least 0, got " + attempts);
        }
        switch (state) {
            case DONE, DIVERGED, FAILED, WAITING -> {}
            default -> throw new IllegalArgumentException("a fresh run is not " + state.label());
        }
        if ((state == TrialState.DONE) != value.isPresent() || !value.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("a fresh run has a finite value once it is done, not "
                    + (value.isPresent() ? value.getAsDouble() : "none") + " when " + state.label());
        }
    }

    static FreshRun waiting(String reason, int attempts) {
        return new FreshRun(TrialState.WAITING, reason, attempts, OptionalDouble.empty());
    }

    static FreshRun done(double value, int attempts) {
        return new FreshRun(TrialState.DONE, "", attempts, OptionalDouble.of(value));
    }

    /** A run that will have no value. */
    static FreshRun without(TrialState state, String reason, int attempts) {
        return new FreshRun(state, reason, attempts, OptionalDouble.empty());
    }
}
