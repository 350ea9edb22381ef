package io.residual.cuda.step;

import io.residual.cuda.device.CapturedGraph;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.program.Program;
import io.residual.program.plan.Planner.Pass;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A network that trains on a device, where its parameters stay. A step of each size of batch is recorded once, and queued as a
 * whole from then on. Not for several threads at once.
 *
 * <p>Parameters are arrays by name as in {@link Program}, each in Deeplearning4j's order.
 */
public final class DeviceTraining implements AutoCloseable {
    private static final int REPEATS = 20;
    private static final Images UPLOADED = (images, labels, count, step) -> {};

    private final Device device;
    private final WideInput input;
    private final Format format;
    private final Images images;
    private final Parameters parameters;
    private final Schedule schedule;
    private final ParameterUpdate update;
    private final Map<Integer, BatchStep> steps = new LinkedHashMap<>();
    private final Map<Integer, CapturedGraph> trained = new LinkedHashMap<>();
    private final Map<Inference, CapturedGraph> inferred = new LinkedHashMap<>();
    private int next;

    /** A forward pass. */
    private record Inference(Images images, int batch) {}

    /** Where the images of a training step come from. */
    @FunctionalInterface
    public interface Images {
        /**
         * Queues the making of a batch.
         *
         * @param images address of the images, in the format, [N, height, width, channels]
         * @param labels address of the labels, floats, [N, classes]: distributions over the classes
         * @param count N
         * @param step address of an int: the number of the step in its epoch, from 0
         */
        void queue(long images, long labels, int count, long step);
    }

    /**
     * What steps found.
     *
     * @param losses sums over the images of each step, in nats
     * @param hits images of each step whose largest logit is that of their largest label
     */
    @SuppressWarnings("ArrayRecordComponent") // made here and read once, never compared
    public record Outcome(double[] losses, int[] hits) {}

    /**
     * Prepares training; parameters are zero.
     *
     * @param stepsPerEpoch at least 1
     */
    public DeviceTraining(
            Device device, Program program, Format format, UpdateRule rule, int stepsPerEpoch, Images images) {
        this.device = device;
        this.input = WideInput.of(program, format);
        this.format = format;
        this.images = images;
        this.parameters = new Parameters(device, input, format);
        this.schedule = new Schedule(device, stepsPerEpoch);
        this.update = new ParameterUpdate(device, format, rule, parameters, schedule);
    }

    /**
     * Memory on the device that steps of batches of a size need besides the parameters, in bytes; convolutions need some more for a
     * while.
     */
    public static long bytes(Program program, Format format, int batch) {
        return BatchMemory.bytes(WideInput.of(program, format), format, batch, Pass.TRAINING);
    }

    /** Where the number of the step in its epoch is, a 32-bit integer on the device. */
    public long stepAddress() {
        return schedule.step();
    }

    /** The parameters by name. */
    public Map<String, float[]> parameters() {
        return parameters.read(parameters.values());
    }

    /** Sets all parameters; an average follows later ones, from these on. */
    public void setParameters(Map<String, float[]> from) {
        update.setParameters(from);
    }

    /** All that decides the next steps besides the parameters, by name and parameter. */
    public Map<String, Map<String, float[]>> state() {
        return update.state();
    }

    /** Continues from what {@link #state} gave; {@link #setParameters} comes before it. */
    public void setState(Map<String, Map<String, float[]>> state) {
        update.setState(state);
    }

    /** Swaps parameters and their average. */
    public void swapAverage() {
        update.swapAverage();
    }

    /** Whether no parameter is infinite or not a number. */
    public boolean hasFiniteParameters() {
        return update.hasFiniteParameters();
    }

    /** The gradient of the last step's summed loss, by parameter that has one. */
    public Map<String, float[]> gradient() {
        return parameters.readGradient();
    }

    /**
     * Prepares what the steps of an epoch use.
     *
     * @param rates of each
     */
    public void beginEpoch(StepRates... rates) {
        schedule.setRates(rates);
        next = -1;
    }

    /**
     * Takes steps.
     *
     * @param from number of the first one in its epoch, from 0
     * @param count how many, each of the same number of images
     * @param batch images of each
     */
    public Outcome steps(int from, int count, int batch) {
        CapturedGraph graph = trained.get(batch);
        if (graph == null) {
            BatchStep step = step(batch);
            graph = device.capture(() -> queueStep(step, batch));
            trained.put(batch, graph);
        }
        if (next != from) {
            schedule.goTo(from);
        }
        for (int i = 0; i < count; i++) {
            graph.launch();
        }
        next = from + count;
        return new Outcome(schedule.losses(from, count), schedule.hits(from, count));
    }

    private BatchStep step(int batch) {
        return steps.computeIfAbsent(batch, size -> new BatchStep(device, input, format, parameters, size, schedule));
    }

    /**
     * How long each part of a step takes, in microseconds.
     *
     * @param batch images of the step
     * @return by name, in the order of the step
     */
    public Map<String, Double> profile(int batch) {
        BatchStep step = step(batch);
        Map<String, Double> times = new LinkedHashMap<>();
        time(
                times,
                "images",
                () -> images.queue(step.memory().input(), step.memory().labels(), batch, schedule.step()));
        step.actions().forEach(action -> time(times, times.size() + " " + action.name(), action.work()));
        time(times, "update", update::update);
        return times;
    }

    private void time(Map<String, Double> times, String name, Runnable work) {
        try (CapturedGraph graph = device.capture(() -> {
            for (int i = 0; i < REPEATS; i++) {
                work.run();
                device.joinSide();
            }
        })) {
            graph.launch();
            device.synchronize();
            long start = System.nanoTime();
            graph.launch();
            device.synchronize();
            times.put(name, (System.nanoTime() - start) / 1e3 / REPEATS);
        }
    }

    private void queueStep(BatchStep step, int batch) {
        images.queue(step.memory().input(), step.memory().labels(), batch, schedule.step());
        step.gradient();
        update.queue();
    }

    /**
     * Probabilities of a batch, by running statistics.
     *
     * @param pixels floats, [N, height, width, channels]
     * @param batch at least N; the size that is compiled for
     * @return [N, classes], behind one another
     */
    public float[] probabilities(float[] pixels, int batch) {
        device.upload(format.buffer(pixels), step(batch).memory().input());
        Program program = input.original();
        return probabilities(
                UPLOADED, pixels.length / program.value(program.input()).size(), batch);
    }

    /**
     * Probabilities of a batch, by running statistics.
     *
     * @param source of the images; its labels are not used, and the number of the step is that of the last training step
     * @param count N, images of which the probabilities are wanted
     * @param batch at least N; as many images are asked for
     * @return [N, classes], behind one another
     */
    public float[] probabilities(Images source, int count, int batch) {
        BatchStep step = step(batch);
        CapturedGraph graph = inferred.get(new Inference(source, batch));
        if (graph == null) {
            graph = device.capture(() -> {
                source.queue(step.memory().input(), step.memory().labels(), batch, schedule.step());
                step.infer();
            });
            inferred.put(new Inference(source, batch), graph);
        }
        graph.launch();
        Program program = input.original();
        int classes = program.value(program.logits()).channels();
        ByteBuffer bytes = Device.buffer((long) count * classes * Float.BYTES);
        device.download(step.memory().probabilities(), bytes);
        float[] result = new float[count * classes];
        bytes.asFloatBuffer().get(result);
        return result;
    }

    @Override
    public void close() {
        trained.values().forEach(CapturedGraph::close);
        inferred.values().forEach(CapturedGraph::close);
        steps.values().forEach(BatchStep::close);
        update.close();
        schedule.close();
        parameters.close();
    }
}
