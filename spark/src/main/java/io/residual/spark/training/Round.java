package io.residual.spark.training;

import java.io.Serializable;

/**
 * What workers do between two exchanges with the driver.
 *
 * @param exchange what they get and return
 * @param epoch from 0
 * @param step the first one's number in the epoch, from 0
 * @param iteration steps of the run before the first one
 * @param steps how many there are, at least 1
 * @param workers that share each batch, at least 1
 */
record Round(Exchange exchange, int epoch, int step, long iteration, int steps, int workers) implements Serializable {
    private static final long serialVersionUID = 1;

    /** What travels between the driver and the workers. */
    enum Exchange {
        /**
         * Workers get the weights and return the gradients of a step, which the driver adds up: the update is that of the
         * complete batch, whatever the optimiser.
         */
        GRADIENTS,
        /**
         * Workers get a run's state, take steps, and return the state that they have then: the driver gives all the mean.
         */
        STATES
    }
}
