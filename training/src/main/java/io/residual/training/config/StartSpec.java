package io.residual.training.config;

import java.io.Serializable;

/**
 * What training starts from, and how much of that stays.
 *
 * @param freezeUpTo the last part whose parameters are not trained, and whose batch norms use their running statistics
 */
public record StartSpec(StartChoice startFrom, Freeze freezeUpTo) implements Serializable {
    /** New weights, all of them trained. */
    public static final StartSpec NEW = new StartSpec(StartChoice.New.NONE, Freeze.NONE);
}
