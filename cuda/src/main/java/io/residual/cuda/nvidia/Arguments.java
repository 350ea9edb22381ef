package io.residual.cuda.nvidia;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/**
 * Arguments of one kernel as the driver wants them: an array of addresses of values. The driver copies the values during the
 * call, so one place serves all calls.
 */
final class Arguments {
    private Memory memory = new Memory(16L * Long.BYTES);

    /** Writes values and returns the address of the array of their addresses. */
    long pack(Object... values) {
        long bytes = 2L * Long.BYTES * Math.max(1, values.length);
        if (memory.size() < bytes) {
            memory = new Memory(bytes);
        }
        long start = Pointer.nativeValue(memory);
        long offset = (long) values.length * Long.BYTES;
        for (int i = 0; i < values.length; i++) {
            long place = offset + (long) i * Long.BYTES;
            memory.setLong((long) i * Long.BYTES, start + place);
            Object value = values[i];
            if (value instanceof Long number) {
                memory.setLong(place, number);
            } else if (value instanceof Integer number) {
                memory.setInt(place, number);
            } else if (value instanceof Float number) {
                memory.setFloat(place, number);
            } else {
                throw new IllegalArgumentException("Argument " + i + " is no Long, Integer or Float: " + value);
            }
        }
        return start;
    }
}
