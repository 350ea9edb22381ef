package io.residual.spark.training;

import io.residual.training.loop.StepExecutor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The arrays of {@link StepExecutor#state()}, one after the other in the order of their names. */
final class FlatState {
    /** Of the numbers that travel. */
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private FlatState() {}

    /** A copy of an executor's state. */
    static float[] of(StepExecutor executor) {
        Map<String, INDArray> arrays = new TreeMap<>(executor.state());
        long length = arrays.values().stream().mapToLong(INDArray::length).sum();
        float[] flat = new float[Math.toIntExact(length)];
        int at = 0;
        for (INDArray array : arrays.values()) {
            values(array).get(flat, at, (int) array.length());
            at += (int) array.length();
        }
        return flat;
    }

    /** Gives an executor a state. */
    static void restore(StepExecutor executor, float[] flat) {
        executor.restore(live -> {
            int at = 0;
            for (INDArray array : new TreeMap<>(live).values()) {
                values(array).put(flat, at, (int) array.length());
                at += (int) array.length();
            }
            if (at != flat.length) {
                throw new IllegalArgumentException("a state of " + at + " values, got " + flat.length);
            }
        });
    }

    /** A copy of an array. */
    static float[] of(INDArray array) {
        float[] flat = new float[Math.toIntExact(array.length())];
        values(array).get(flat);
        return flat;
    }

    /** Gives an array other values. */
    static void restore(INDArray array, float[] flat) {
        if (array.length() != flat.length) {
            throw new IllegalArgumentException("an array of " + array.length() + " values, got " + flat.length);
        }
        values(array).put(flat);
    }

    /** The values that a message ends with. */
    static float[] rest(ByteBuffer message) {
        float[] flat = new float[message.remaining() / Float.BYTES];
        message.asFloatBuffer().get(flat);
        return flat;
    }

    /** An array's own memory. */
    private static FloatBuffer values(INDArray array) {
        if (array.dataType() != DataType.FLOAT
                || array.offset() != 0
                || array.length() != array.data().length()) {
            throw new IllegalStateException("an array of a state must have memory of its own");
        }
        return array.data().asNioFloat();
    }
}
