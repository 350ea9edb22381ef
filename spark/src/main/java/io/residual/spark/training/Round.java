package io.residual.spark.training;

import java.io.Serializable;

/**
 * Steps that workers take from the same state before their states are averaged.
 *
 * @param epoch from 0
 * @param step the first one's number in the epoch, from 0
 * @param iteration steps of the run before the first one
 * @param steps how many there are, at least 1
 * @param workers that share each batch, at least 1
 */
record Round(int epoch, int step, long iteration, int steps, int workers) implements Serializable {
    private static final long serialVersionUID = 1;
}
