package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Program;
import io.residual.program.plan.Task.Statistics;
import io.residual.program.plan.Task.Tile;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A batch norm's {@code struct Normalization} on the device, for batches of one size. */
final class Normalizations implements AutoCloseable {
    /** Rows of coefficients. */
    private static final int COEFFICIENTS = 6;

    private static final int STRUCT_BYTES = 14 * Long.BYTES;

    /** What a block passes to others of its slice: two sums of each channel, in words of 8 bytes. */
    private static final long EXCHANGED_BYTES = 2L * JointSource.SLICE * Long.BYTES;

    private final Device device;
    private final Map<Normalize, Memory> memories = new LinkedHashMap<>();

    private record Memory(
            long struct,
            long coefficients,
            long partial,
            long finished,
            long exchangedStatistics,
            long exchangedSums) {}

    /** @param blocks at most so many add up the rows of a slice, or of all if they wait for each other */
    Normalizations(Device device, Program program, Parameters parameters, int images, int blocks) {
        this.device = device;
        for (Operation operation : program.operations()) {
            if (operation instanceof Normalize normalize) {
                memories.put(normalize, memory(program, normalize, parameters, images, blocks));
            }
        }
    }

    private Memory memory(Program program, Normalize operation, Parameters parameters, int images, int blocks) {
        Program.Value value = program.value(operation.in());
        long channels = value.channels();
        Memory memory = new Memory(
                device.allocate(STRUCT_BYTES),
                device.allocate(COEFFICIENTS * channels * Float.BYTES),
                device.allocate(2 * channels * blocks * Double.BYTES),
                device.allocate(channels * Integer.BYTES),
                device.allocate(blocks * EXCHANGED_BYTES),
                device.allocate(blocks * EXCHANGED_BYTES));
        double rows = (double) images * value.positions();
        ByteBuffer struct = Device.buffer(STRUCT_BYTES);
        struct.putLong(memory.coefficients);
        struct.putLong(parameters.value(operation.parameter("gamma")));
        struct.putLong(parameters.value(operation.parameter("beta")));
        struct.putLong(parameters.value(operation.parameter("mean")));
        struct.putLong(parameters.value(operation.parameter("var")));
        struct.putLong(cancelledBias(program, operation)
                .map(convolve -> parameters.value(convolve.bias()))
                .orElse(0L));
        struct.putLong(parameters.gradient(operation.parameter("gamma")));
        struct.putLong(parameters.gradient(operation.parameter("beta")));
        struct.putLong(memory.partial);
        struct.putLong(memory.finished);
        struct.putDouble(operation.epsilon());
        struct.putDouble(operation.decay());
        struct.putDouble(operation.unbiased() && rows > 1 ? rows / (rows - 1) : 1);
        struct.putDouble(rows);
        device.upload(struct.flip(), memory.struct);
        return memory;
    }

    /** The convolution whose bias need not be added, since this alone reads its output and subtracts the mean. */
    static Optional<Convolve> cancelledBias(Program program, Normalize operation) {
        return program.operations().stream()
                .filter(each -> each instanceof Convolve convolve
                        && convolve.out() == operation.in()
                        && isBiasCancelled(program, convolve))
                .map(Convolve.class::cast)
                .findAny();
    }

    /** Whether nothing but batch norms reads a convolution's output: its bias changes nothing but running means. */
    static boolean isBiasCancelled(Program program, Convolve operation) {
        return operation.biased()
                && operation.out() != program.logits()
                && program.operations().stream()
                        .filter(each -> each.inputs().contains(operation.out()))
                        .allMatch(Normalize.class::isInstance);
    }

    /** The address of the struct. */
    long struct(Normalize operation) {
        return Objects.requireNonNull(memories.get(operation)).struct();
    }

    /** The address of the words that blocks exchange of what a tile adds up. */
    long exchanged(Tile sink) {
        Memory memory = Objects.requireNonNull(
                memories.get(TileText.normalizationOf(sink).get(0)));
        return sink instanceof Statistics ? memory.exchangedStatistics() : memory.exchangedSums();
    }

    long coefficients(Normalize operation) {
        return Objects.requireNonNull(memories.get(operation)).coefficients();
    }

    @Override
    public void close() {
        for (Memory memory : memories.values()) {
            device.free(memory.struct);
            device.free(memory.coefficients);
            device.free(memory.partial);
            device.free(memory.finished);
            device.free(memory.exchangedStatistics);
            device.free(memory.exchangedSums);
        }
    }
}
