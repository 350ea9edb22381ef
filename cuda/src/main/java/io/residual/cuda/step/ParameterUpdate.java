package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernels;
import io.residual.cuda.step.UpdateRule.Average;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The update of a network's parameters after each step, and all that decides it. */
final class ParameterUpdate implements AutoCloseable {
    private static final int NORM_BLOCKS = 256;
    private static final int NORM_THREADS = 512;
    private static final int THREADS = 256;

    private final Device device;
    private final Format format;
    private final UpdateRule rule;
    private final Parameters parameters;
    private final Schedule schedule;
    private final Kernels kernels;
    private final Map<String, Long> moments = new LinkedHashMap<>();
    private final long average;
    /** The first float bounds the gradient, what is behind it counts blocks. */
    private final long clip;

    private final long partialNorms;
    private final long flag;

    ParameterUpdate(Device device, Format format, UpdateRule rule, Parameters parameters, Schedule schedule) {
        this.device = device;
        this.format = format;
        this.rule = rule;
        this.parameters = parameters;
        this.schedule = schedule;
        this.kernels = device.compile(Sources.of(format, "prelude.cu", "update.cu"));
        for (int i = 0; i < rule.optimiser().moments(); i++) {
            moments.put("moment" + i, parameters.allocate());
        }
        this.average = rule.average() == Average.KEPT ? parameters.allocate() : 0;
        this.clip = device.allocate(2L * Float.BYTES);
        this.partialNorms = device.allocate((long) NORM_BLOCKS * Double.BYTES);
        this.flag = device.allocate(Integer.BYTES);
    }

    /** Sets all parameters; an average follows later ones, from these on. */
    void setParameters(Map<String, float[]> from) {
        parameters.set(from);
        if (average != 0) {
            device.copy(parameters.values(), average, parameters.layout().end() * Float.BYTES);
        }
    }

    private void round() {
        if (format == Format.BF16) {
            long count = parameters.layout().convolutionEnd();
            kernels.get("round_weights")
                    .launch(blocks(count), 1, THREADS, parameters.values(), parameters.weights(), count);
        }
    }

    /** All that decides the next steps besides the parameters, by name and parameter. */
    Map<String, Map<String, float[]>> state() {
        Map<String, Map<String, float[]>> state = new LinkedHashMap<>();
        moments.forEach((name, array) -> state.put(name, parameters.read(array)));
        if (average != 0) {
            state.put("average", parameters.read(average));
        }
        return state;
    }

    /** Continues from what {@link #state} gave; {@link #setParameters} comes before it. */
    void setState(Map<String, Map<String, float[]>> state) {
        moments.forEach((name, array) -> parameters.write(state.getOrDefault(name, Map.of()), array));
        if (average != 0) {
            parameters.write(state.getOrDefault("average", Map.of()), average);
        }
    }

    /** Swaps parameters and their average. */
    void swapAverage() {
        if (average == 0) {
            throw new IllegalStateException("no average of the parameters is kept");
        }
        long bytes = parameters.layout().end() * Float.BYTES;
        long other = parameters.allocate();
        device.copy(parameters.values(), other, bytes);
        device.copy(average, parameters.values(), bytes);
        device.copy(other, average, bytes);
        device.synchronize();
        device.free(other);
        round();
    }

    /** Whether no parameter is infinite or not a number. */
    boolean hasFiniteParameters() {
        device.clear(flag, Integer.BYTES);
        long end = parameters.layout().end();
        kernels.get("find_infinite").launch(blocks(end), 1, THREADS, parameters.values(), end, flag);
        ByteBuffer found = Device.buffer(Integer.BYTES);
        device.download(flag, found);
        return found.getInt(0) == 0;
    }

    /** Queues the update, and goes to the next step. */
    void queue() {
        update();
        kernels.get("next_step").launch(1, 1, 1, schedule.step());
    }

    /** Queues the update alone. */
    void update() {
        ParameterLayout layout = parameters.layout();
        if (rule.clipNorm() > 0) {
            kernels.get("gradient_norm")
                    .launch(
                            NORM_BLOCKS,
                            1,
                            NORM_THREADS,
                            parameters.weightGradients(),
                            parameters.gradients(),
                            layout.convolutionEnd(),
                            layout.trainedEnd(),
                            schedule.rates(),
                            schedule.step(),
                            rule.clipNorm(),
                            partialNorms,
                            clip + Float.BYTES,
                            clip);
        }
        int number = switch (rule.optimiser()) {
            case GRADIENT_DESCENT -> 0;
            case MOMENTUM -> 1;
            case NESTEROV -> 2;
            case ADAM -> 3;
        };
        kernels.get("update")
                .launch(
                        blocks(layout.end()),
                        1,
                        THREADS,
                        parameters.values(),
                        parameters.weightGradients(),
                        parameters.gradients(),
                        parameters.weights(),
                        moments.getOrDefault("moment0", 0L),
                        moments.getOrDefault("moment1", 0L),
                        average,
                        layout.convolutionEnd(),
                        layout.decayEnd(),
                        layout.trainedEnd(),
                        layout.end(),
                        schedule.rates(),
                        schedule.step(),
                        rule.clipNorm() > 0 ? clip : 0L,
                        number,
                        rule.momentum(),
                        rule.weightDecay(),
                        rule.decay() == UpdateRule.Decay.DECOUPLED ? 1 : 0,
                        average == 0 ? 0 : 1);
    }

    private int blocks(long count) {
        return (int) Math.min((count + THREADS - 1) / THREADS, 16L * device.multiprocessors());
    }

    @Override
    public void close() {
        moments.values().forEach(device::free);
        if (average != 0) {
            device.free(average);
        }
        device.free(clip);
        device.free(partialNorms);
        device.free(flag);
    }
}
