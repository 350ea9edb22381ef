package io.residual.spark.training;

import java.nio.ByteBuffer;

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
record Round(Exchange exchange, int epoch, int step, long iteration, int steps, int workers) {
    private static final int BYTES = 5 * Integer.BYTES + Long.BYTES;

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

    /**
     * A round, and where it starts.
     *
     * @param values weights or a state, see {@link Exchange}
     */
    @SuppressWarnings("ArrayRecordComponent") // they travel
    record Start(Round round, float[] values) {
        static Start of(byte[] bytes) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(FlatState.ORDER);
            Round round = new Round(
                    in.getInt() == 0 ? Exchange.GRADIENTS : Exchange.STATES,
                    in.getInt(),
                    in.getInt(),
                    in.getLong(),
                    in.getInt(),
                    in.getInt());
            return new Start(round, FlatState.rest(in));
        }
    }

    /** This and the values to start from, as {@link Start} reads them. */
    byte[] toBytes(float[] values) {
        ByteBuffer out = ByteBuffer.allocate(Math.addExact(BYTES, Math.multiplyExact(Float.BYTES, values.length)))
                .order(FlatState.ORDER);
        out.putInt(exchange == Exchange.GRADIENTS ? 0 : 1)
                .putInt(epoch)
                .putInt(step)
                .putLong(iteration)
                .putInt(steps)
                .putInt(workers);
        out.asFloatBuffer().put(values);
        return out.array();
    }
}
