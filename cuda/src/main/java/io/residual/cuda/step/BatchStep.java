package io.residual.cuda.step;

import io.residual.cuda.device.Convolution;
import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernels;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.plan.Area;
import io.residual.program.plan.Phase;
import io.residual.program.plan.Placement;
import io.residual.program.plan.Planner;
import io.residual.program.plan.Policy;
import io.residual.program.plan.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Forward and backward pass of batches of one size: memory, and what is queued in which order. */
final class BatchStep implements AutoCloseable {
    private static final int ALIGNMENT = 256;
    private static final int THREADS = 256;
    private static final int MAX_LOSS_BLOCKS = 64;

    private final Device device;
    private final WideInput wide;
    private final Program program;
    private final Format format;
    private final Parameters parameters;
    private final int images;
    private final Schedule schedule;
    private final Kernels kernels;
    private final Normalizations normalizations;
    private final long input;
    /** The address of what the first operation reads. */
    private final long read;

    private final long labels;
    private final long probabilities;
    private final long partialLosses;
    private final long memory;
    private final Map<Object, Convolution> convolutions = new HashMap<>();
    private final List<Action> training = new ArrayList<>();
    private final List<Runnable> inference = new ArrayList<>();

    /** What is queued, and what it is called. */
    record Action(String name, Runnable work) {}

    BatchStep(Device device, WideInput wide, Format format, Parameters parameters, int images, Schedule schedule) {
        this.device = device;
        this.wide = wide;
        this.program = wide.program();
        this.format = format;
        this.parameters = parameters;
        this.images = images;
        this.schedule = schedule;
        this.kernels = device.compile(Sources.of(format, "prelude.cu", "step.cu"));
        this.normalizations = new Normalizations(device, program, parameters, images, Chains.mostBlocks(device));
        int classes = program.value(program.logits()).channels();
        Value pixels = wide.original().value(program.input());
        this.input = device.allocate(images * bytes(program, format, pixels));
        this.read = wide.convolution() == null
                ? input
                : device.allocate(images * bytes(program, format, program.value(program.input())));
        this.labels = device.allocate((long) images * classes * Float.BYTES);
        this.probabilities = device.allocate((long) images * classes * Float.BYTES);
        this.partialLosses = device.allocate((MAX_LOSS_BLOCKS + 1L) * 2 * Double.BYTES);
        Planner.Plan plan = plan(program, format);
        this.memory = device.allocate(place(plan, images));
        fill(plan.phases());
    }

    private static Planner.Plan plan(Program program, Format format) {
        return new Planner(
                        program,
                        new Policy(
                                value -> bytes(program, format, value),
                                pool -> program.value(pool.out()).size(),
                                convolve -> false,
                                Policy.Activations.KEPT))
                .plan();
    }

    /** Gradients of weights may be late: nothing but the update needs them. */
    private static void keepForWeights(List<Phase> phases) {
        for (Phase phase : phases) {
            for (Task task : phase.tasks()) {
                if (task instanceof Task.ConvolveWeights weights) {
                    weights.in().usedAt(phases.size());
                    weights.outGradient().usedAt(phases.size());
                }
            }
        }
    }

    private static long place(Planner.Plan plan, int images) {
        keepForWeights(plan.phases());
        List<Area> areas = new ArrayList<>(plan.shared());
        plan.phases().forEach(phase -> areas.addAll(phase.own()));
        return Math.max(ALIGNMENT, Placement.place(areas, images, ALIGNMENT));
    }

    /** Memory of a batch's images and of all that is computed of them, but for what convolutions need for a while. */
    static long bytes(WideInput wide, Format format, int images) {
        Program program = wide.program();
        Value pixels = wide.original().value(program.input());
        return place(plan(program, format), images)
                + images * (bytes(program, format, pixels) + bytes(program, format, program.value(program.input())));
    }

    private static long bytes(Program program, Format format, Value value) {
        boolean single = value.equals(program.value(program.logits()));
        return (long) value.size() * (single ? Float.BYTES : format.bytes());
    }

    /** The address of the images, in the format, [N, height, width, channels]. */
    long input() {
        return input;
    }

    /** The address of the labels: distributions over the classes, floats, [N, classes]. */
    long labels() {
        return labels;
    }

    /** The address of what inference gives, floats, [N, classes]. */
    long probabilities() {
        return probabilities;
    }

    /** Queues forward and backward pass; loss and hits go to the schedule's step. */
    void gradient() {
        training.forEach(action -> action.work().run());
    }

    /** What {@link #gradient} queues. */
    List<Action> actions() {
        return training;
    }

    /** Queues a forward pass that normalizes by running statistics. */
    void infer() {
        inference.forEach(Runnable::run);
    }

    private void fill(List<Phase> phases) {
        Chains chains = new Chains(device, format, images);
        List<Chains.Chain> trained = new ArrayList<>();
        List<Chains.Chain> inferred = new ArrayList<>();
        phases.stream().flatMap(phase -> phase.tasks().stream()).forEach(task -> {
            if (task instanceof Task.Elementwise elementwise) {
                trained.add(chains.add(elementwise, ElementwiseSource.Pass.TRAINING));
                inferred.add(chains.add(elementwise, ElementwiseSource.Pass.INFERENCE));
            }
        });
        Kernels compiled = chains.compile();
        program.operations().forEach(operation -> {
            if (operation instanceof Normalize normalize) {
                inference.add(() -> runningCoefficients(normalize));
            }
        });
        if (wide.convolution() != null) {
            Runnable widen = widen(wide.convolution());
            training.add(new Action("widen", widen));
            inference.add(widen);
        }
        int chain = 0;
        boolean forward = true;
        for (Phase phase : phases) {
            for (Task task : phase.tasks()) {
                Runnable trains;
                Runnable infers;
                if (task instanceof Task.Elementwise) {
                    Chains.Chain both = trained.get(chain);
                    Chains.Chain one = inferred.get(chain++);
                    trains = () -> Chains.launch(both, compiled, this::address, normalizations);
                    infers = one.source().isEmpty()
                            ? () -> {}
                            : () -> Chains.launch(one, compiled, this::address, normalizations);
                } else {
                    trains = job(task);
                    infers = task instanceof Task.Loss loss ? () -> softmax(loss) : trains;
                }
                training.add(new Action(name(task), trains));
                if (forward) {
                    inference.add(infers);
                }
                forward &= !(task instanceof Task.Loss);
            }
        }
        training.add(new Action("join", device::joinSide));
    }

    private String name(Task task) {
        if (task instanceof Task.ConvolveForward forward) {
            return "forward " + forward.operation().layer();
        }
        if (task instanceof Task.ConvolveData data) {
            return "data " + data.operation().layer();
        }
        if (task instanceof Task.ConvolveWeights weights) {
            return "weights " + weights.operation().layer();
        }
        if (task instanceof Task.Elementwise elementwise) {
            StringBuilder name = new StringBuilder(elementwise.shape().toString());
            for (Task.Tile tile : elementwise.operations()) {
                name.append(' ').append(tile.getClass().getSimpleName());
            }
            return name.toString();
        }
        return task.getClass().getSimpleName();
    }

    private long address(Area area) {
        return area.place() == Area.Place.INPUT ? read : memory + area.offset();
    }

    private Runnable job(Task task) {
        if (task instanceof Task.ConvolveForward forward) {
            return convolve(forward);
        }
        if (task instanceof Task.ConvolveData data) {
            return convolveData(data);
        }
        if (task instanceof Task.ConvolveWeights weights) {
            Runnable gradient = convolveWeights(weights);
            return () -> {
                device.beginSide();
                gradient.run();
                device.endSide();
            };
        }
        if (task instanceof Task.PoolForward pool) {
            return pool(pool.operation(), pool.in(), pool.out(), pool.indices(), false);
        }
        if (task instanceof Task.PoolBackward pool) {
            return pool(pool.operation(), pool.outGradient(), pool.inGradient(), pool.indices(), true);
        }
        if (task instanceof Task.Pad pad) {
            PadChannels operation = pad.operation();
            return changeChannels(pad.in(), pad.out(), program.value(operation.in()), program.value(operation.out()));
        }
        if (task instanceof Task.Unpad pad) {
            PadChannels operation = pad.operation();
            return changeChannels(
                    pad.outGradient(), pad.inGradient(), program.value(operation.out()), program.value(operation.in()));
        }
        return loss((Task.Loss) task);
    }

    private Convolution convolution(Convolve operation, Pass pass) {
        ConvolutionShape shape = new ConvolutionShape(
                images, program.value(operation.in()), program.value(operation.out()), operation.window());
        return convolutions.computeIfAbsent(List.of(shape, pass), key -> device.convolution(shape, pass, format));
    }

    private Runnable convolve(Task.ConvolveForward task) {
        Convolve operation = task.operation();
        Value out = program.value(operation.out());
        long weights = parameters.weights(operation.weights());
        if (ParameterLayout.isDense(program, operation)) {
            int inputs = program.value(operation.in()).channels();
            long bias = operation.biased() ? parameters.value(operation.bias()) : 0;
            int biased = operation.biased() ? 1 : 0;
            long dense = parameters.value(operation.weights());
            int warps = THREADS / 32;
            int blocks = (images * out.channels() + warps - 1) / warps;
            return () -> launch(
                    "dense",
                    blocks,
                    1,
                    address(task.in()),
                    dense,
                    bias,
                    address(task.out()),
                    images,
                    inputs,
                    out.channels(),
                    biased);
        }
        requireInFormat(operation);
        Convolution convolution = convolution(operation, Pass.FORWARD);
        if (!operation.biased() || Normalizations.isBiasCancelled(program, operation)) {
            return () -> convolution.run(address(task.in()), weights, address(task.out()));
        }
        long count = (long) images * out.size();
        long bias = parameters.value(operation.bias());
        return () -> {
            convolution.run(address(task.in()), weights, address(task.out()));
            launch("add_bias", blocks(count), 1, address(task.out()), bias, count, out.channels());
        };
    }

    private void requireInFormat(Convolve operation) {
        if (operation.out() == program.logits()) {
            throw new IllegalArgumentException(operation.layer() + ": only a dense layer can compute the logits");
        }
    }

    private Runnable convolveData(Task.ConvolveData task) {
        Convolve operation = task.operation();
        if (ParameterLayout.isDense(program, operation)) {
            int inputs = program.value(operation.in()).channels();
            int outputs = program.value(operation.out()).channels();
            long dense = parameters.value(operation.weights());
            int blocks = (images * inputs + THREADS - 1) / THREADS;
            return () -> launch(
                    "dense_backward_data",
                    blocks,
                    1,
                    address(task.outGradient()),
                    dense,
                    address(task.inGradient()),
                    images,
                    inputs,
                    outputs);
        }
        Convolution convolution = convolution(operation, Pass.BACKWARD_DATA);
        long weights = parameters.weights(operation.weights());
        return () -> convolution.run(address(task.inGradient()), weights, address(task.outGradient()));
    }

    private Runnable convolveWeights(Task.ConvolveWeights task) {
        Convolve operation = task.operation();
        Value out = program.value(operation.out());
        long biasGradient = operation.biased() ? parameters.gradient(operation.bias()) : 0;
        if (ParameterLayout.isDense(program, operation)) {
            int inputs = program.value(operation.in()).channels();
            long gradient = parameters.gradient(operation.weights());
            int biased = operation.biased() ? 1 : 0;
            return () -> launch(
                    "dense_backward_weights",
                    (inputs + 31) / 32,
                    out.channels(),
                    address(task.in()),
                    address(task.outGradient()),
                    gradient,
                    biasGradient,
                    images,
                    inputs,
                    out.channels(),
                    biased);
        }
        Convolution convolution = convolution(operation, Pass.BACKWARD_WEIGHTS);
        long gradient = parameters.weightGradient(operation.weights());
        if (!operation.biased() || Normalizations.isBiasCancelled(program, operation)) {
            return () -> convolution.run(address(task.in()), gradient, address(task.outGradient()));
        }
        int rows = images * out.positions();
        return () -> {
            convolution.run(address(task.in()), gradient, address(task.outGradient()));
            launch("bias_gradient", out.channels(), 1, address(task.outGradient()), biasGradient, rows, out.channels());
        };
    }

    private Runnable pool(Pool operation, Area from, Area to, @Nullable Area indices, boolean backward) {
        Value in = program.value(operation.in());
        Value out = program.value(operation.out());
        Window window = operation.window();
        boolean maximum = operation.kind() == Pool.Kind.MAXIMUM;
        String name = (maximum ? "pool_maximum" : "pool_mean") + (backward ? "_backward" : "");
        int count = Math.multiplyExact(images, (backward ? in : out).size());
        List<Object> shape = List.of(
                count,
                in.height(),
                in.width(),
                out.height(),
                out.width(),
                in.channels(),
                window.rows().size(),
                window.columns().size(),
                window.rows().stride(),
                window.columns().stride(),
                window.rows().before(),
                window.columns().before());
        return () -> {
            List<Object> arguments = new ArrayList<>(List.of(address(from), address(to)));
            if (maximum) {
                arguments.add(address(Objects.requireNonNull(indices)));
            }
            arguments.addAll(shape);
            launch(name, blocks(count), 1, arguments.toArray());
        };
    }

    private Runnable widen(Convolve convolution) {
        Value from = wide.original().value(program.input());
        Value to = program.value(program.input());
        Window.Axis columns = convolution.window().columns();
        int count = Math.multiplyExact(images, to.positions());
        return () -> launch(
                "widen",
                blocks(count),
                1,
                input,
                read,
                count,
                from.width(),
                from.channels(),
                to.width(),
                to.channels(),
                columns.size(),
                columns.stride(),
                columns.dilation(),
                columns.before());
    }

    private Runnable changeChannels(Area from, Area to, Value in, Value out) {
        long count = (long) images * out.size();
        return () -> launch(
                "change_channels", blocks(count), 1, address(from), address(to), count, in.channels(), out.channels());
    }

    private Runnable loss(Task.Loss task) {
        int classes = program.value(program.logits()).channels();
        int blocks = Math.min((images + 31) / 32, MAX_LOSS_BLOCKS);
        long hits = partialLosses + (long) MAX_LOSS_BLOCKS * Double.BYTES;
        long finished = hits + (long) MAX_LOSS_BLOCKS * Integer.BYTES;
        return () -> kernels.get("softmax_loss")
                .launch(
                        blocks,
                        1,
                        1024,
                        address(task.logits()),
                        labels,
                        address(task.gradient()),
                        schedule.losses(),
                        schedule.hits(),
                        schedule.step(),
                        images,
                        classes,
                        partialLosses,
                        hits,
                        finished);
    }

    private void softmax(Task.Loss task) {
        int warps = THREADS / 32;
        launch(
                "softmax",
                (images + warps - 1) / warps,
                1,
                address(task.logits()),
                probabilities,
                images,
                program.value(program.logits()).channels());
    }

    private void runningCoefficients(Normalize operation) {
        int channels = program.value(operation.in()).channels();
        long bias = Normalizations.cancelledBias(program, operation)
                .map(convolve -> parameters.value(convolve.bias()))
                .orElse(0L);
        launch(
                "running_coefficients",
                (channels + THREADS - 1) / THREADS,
                1,
                normalizations.coefficients(operation),
                parameters.value(operation.parameter("gamma")),
                parameters.value(operation.parameter("beta")),
                parameters.value(operation.parameter("mean")),
                parameters.value(operation.parameter("var")),
                bias,
                bias == 0 ? 0 : 1,
                (float) operation.epsilon(),
                channels);
    }

    /** Enough for a thread of each number, or for all multiprocessors. */
    private int blocks(long count) {
        return (int) Math.min((count + THREADS - 1) / THREADS, 32L * device.multiprocessors());
    }

    private void launch(String name, int blocksX, int blocksY, Object... arguments) {
        kernels.get(name).launch(blocksX, blocksY, THREADS, arguments);
    }

    @Override
    public void close() {
        normalizations.close();
        device.free(input);
        if (read != input) {
            device.free(read);
        }
        device.free(labels);
        device.free(probabilities);
        device.free(partialLosses);
        device.free(memory);
    }
}
