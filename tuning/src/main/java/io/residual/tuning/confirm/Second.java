package io.residual.tuning.confirm;

import io.residual.training.run.MeanInterval;

/**
 * The next best of the confirmed trials.
 *
 * @param advantage by how much the winner is better, over the seeds that both have
 */
public record Second(Candidate candidate, MeanInterval advantage) {
    /** Whether the interval leaves no doubt that the winner is better. */
    public boolean isDistinguishable() {
        return advantage.low() > 0;
    }
}
