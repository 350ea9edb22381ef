package io.residual.spark.training;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a worker sends the driver: that it is ready, and what it has done since it last was.
 *
 * @param worker its number
 * @param done absent if it has only started
 */
record WorkerMessage(long worker, Optional<Done> done) {
    private static final int BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;
    private static final int STEP_BYTES = 2 * Long.BYTES + Integer.BYTES;

    /**
     * A part of a round.
     *
     * @param iteration of the {@link Round}
     * @param part from 0
     */
    record Done(long iteration, int part, WorkerResult result) {}

    static WorkerMessage of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(FlatState.ORDER);
        long worker = in.getLong();
        if (!in.hasRemaining()) {
            return new WorkerMessage(worker, Optional.empty());
        }
        long iteration = in.getLong();
        int part = in.getInt();
        int steps = in.getInt();
        double[] losses = new double[steps];
        long[] hits = new long[steps];
        int[] images = new int[steps];
        for (int i = 0; i < steps; i++) {
            losses[i] = in.getDouble();
            hits[i] = in.getLong();
            images[i] = in.getInt();
        }
        WorkerResult result = new WorkerResult(FlatState.rest(in), losses, hits, images);
        return new WorkerMessage(worker, Optional.of(new Done(iteration, part, result)));
    }

    byte[] toBytes() {
        return done.map(this::toBytes)
                .orElseGet(() -> ByteBuffer.allocate(Long.BYTES)
                        .order(FlatState.ORDER)
                        .putLong(worker)
                        .array());
    }

    private byte[] toBytes(Done known) {
        WorkerResult result = known.result();
        int steps = result.images().length;
        int head = BYTES + STEP_BYTES * steps;
        ByteBuffer out = ByteBuffer.allocate(
                        Math.addExact(head, Math.multiplyExact(Float.BYTES, result.values().length)))
                .order(FlatState.ORDER);
        out.putLong(worker).putLong(known.iteration()).putInt(known.part()).putInt(steps);
        for (int i = 0; i < steps; i++) {
            out.putDouble(result.losses()[i]).putLong(result.hits()[i]).putInt(result.images()[i]);
        }
        out.asFloatBuffer().put(result.values());
        return out.array();
    }
}
