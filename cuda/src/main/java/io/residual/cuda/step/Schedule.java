package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import java.nio.ByteBuffer;

/** On the device: which step of an epoch it is, the rates of each, and what each found. */
final class Schedule implements AutoCloseable {
    private static final int RATES_BYTES = 8 * Float.BYTES;

    private final Device device;
    private final int capacity;
    private final long step;
    private final long rates;
    private final long losses;
    private final long hits;

    /** @param capacity steps of an epoch, at least 1 */
    Schedule(Device device, int capacity) {
        this.device = device;
        this.capacity = capacity;
        this.step = device.allocate(Integer.BYTES);
        this.rates = device.allocate((long) capacity * RATES_BYTES);
        this.losses = device.allocate((long) capacity * Double.BYTES);
        this.hits = device.allocate((long) capacity * Integer.BYTES);
    }

    /** The address of the number of the step, from 0. */
    long step() {
        return step;
    }

    long rates() {
        return rates;
    }

    /** The address of a double for each step. */
    long losses() {
        return losses;
    }

    /** The address of an int for each step. */
    long hits() {
        return hits;
    }

    /** Says what each step of the epoch uses. */
    void setRates(StepRates... ofSteps) {
        if (ofSteps.length > capacity) {
            throw new IllegalArgumentException(ofSteps.length + " steps, where an epoch has " + capacity);
        }
        ByteBuffer bytes = Device.buffer((long) capacity * RATES_BYTES);
        for (int i = 0; i < ofSteps.length; i++) {
            ofSteps[i].write(bytes, i * RATES_BYTES);
        }
        device.upload(bytes, rates);
    }

    void goTo(int number) {
        device.upload(Device.buffer(Integer.BYTES).putInt(0, number), step);
    }

    /** What steps found, when they are done. */
    double[] losses(int from, int count) {
        ByteBuffer bytes = Device.buffer((long) count * Double.BYTES);
        device.download(losses + (long) from * Double.BYTES, bytes);
        double[] result = new double[count];
        bytes.asDoubleBuffer().get(result);
        return result;
    }

    /** What steps found, when they are done. */
    int[] hits(int from, int count) {
        ByteBuffer bytes = Device.buffer((long) count * Integer.BYTES);
        device.download(hits + (long) from * Integer.BYTES, bytes);
        int[] result = new int[count];
        bytes.asIntBuffer().get(result);
        return result;
    }

    @Override
    public void close() {
        device.free(step);
        device.free(rates);
        device.free(losses);
        device.free(hits);
    }
}
