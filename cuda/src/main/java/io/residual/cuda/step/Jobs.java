package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.plan.Area;
import io.residual.program.plan.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the tasks of a plan queue for batches of one size. */
final class Jobs implements AutoCloseable {
    private static final int MAX_LOSS_BLOCKS = 64;

    private final Launcher launcher;
    private final WideInput wide;
    private final Program program;
    private final Parameters parameters;
    private final int images;
    private final BatchMemory memory;
    private final Normalizations normalizations;
    private final ConvolutionJobs convolutions;
    private final long partialLosses;

    Jobs(Device device, WideInput wide, Format format, Parameters parameters, BatchMemory memory) {
        this.launcher = new Launcher(device, device.compile(Sources.of(format, "prelude.cu", "step.cu")));
        this.wide = wide;
        this.program = wide.program();
        this.parameters = parameters;
        this.images = memory.images();
        this.memory = memory;
        this.normalizations = new Normalizations(device, program, parameters, images, Chains.mostBlocks(device));
        this.convolutions = new ConvolutionJobs(launcher, program, format, parameters, images, memory);
        this.partialLosses = device.allocate((MAX_LOSS_BLOCKS + 1L) * 2 * Double.BYTES);
    }

    Normalizations normalizations() {
        return normalizations;
    }

    /** Lets begin what will take long of a task that is not elementwise. */
    void announce(Task task) {
        convolutions.announce(task);
    }

    /** What a task queues that is neither elementwise nor the loss. */
    Runnable of(Task task) {
        if (task instanceof Task.ConvolveForward forward) {
            return convolutions.forward(forward);
        }
        if (task instanceof Task.ConvolveData data) {
            return convolutions.data(data);
        }
        if (task instanceof Task.ConvolveWeights weights) {
            Runnable gradient = convolutions.weights(weights);
            return () -> {
                launcher.device().beginSide();
                gradient.run();
                launcher.device().endSide();
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
        throw new IllegalArgumentException("not a job of its own: " + task);
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
            List<Object> arguments = new ArrayList<>(List.of(memory.address(from), memory.address(to)));
            if (maximum) {
                arguments.add(memory.address(Objects.requireNonNull(indices)));
            }
            arguments.addAll(shape);
            launcher.launch(name, launcher.blocks(count), 1, arguments.toArray());
        };
    }

    /** Brings images to the form that the first convolution reads. */
    Runnable widen(Convolve convolution) {
        Value from = wide.original().value(program.input());
        Value to = program.value(program.input());
        Window.Axis columns = convolution.window().columns();
        int count = Math.multiplyExact(images, to.positions());
        return () -> launcher.launch(
                "widen",
                launcher.blocks(count),
                1,
                memory.input(),
                memory.read(),
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
        int count = Math.multiplyExact(images, out.size());
        return () -> launcher.launch(
                "change_channels",
                launcher.blocks(count),
                1,
                memory.address(from),
                memory.address(to),
                count,
                in.channels(),
                out.channels());
    }

    /** What queues the loss, its gradient, and how many images are classified right. */
    Runnable loss(Task.Loss task, Schedule schedule) {
        int classes = program.value(program.logits()).channels();
        int blocks = Math.min((images + 31) / 32, MAX_LOSS_BLOCKS);
        long hits = partialLosses + (long) MAX_LOSS_BLOCKS * Double.BYTES;
        long finished = hits + (long) MAX_LOSS_BLOCKS * Integer.BYTES;
        return () -> launcher.kernels()
                .get("softmax_loss")
                .launch(
                        blocks,
                        1,
                        1024,
                        memory.address(task.logits()),
                        memory.labels(),
                        memory.address(task.gradient()),
                        schedule.losses(),
                        schedule.hits(),
                        schedule.step(),
                        images,
                        classes,
                        partialLosses,
                        hits,
                        finished);
    }

    /** Queues the probabilities of inference. */
    void softmax(Task.Loss task) {
        int warps = Launcher.THREADS / 32;
        launcher.launch(
                "softmax",
                (images + warps - 1) / warps,
                1,
                memory.address(task.logits()),
                memory.probabilities(),
                images,
                program.value(program.logits()).channels());
    }

    /** Queues what a batch norm normalizes by in inference. */
    void runningCoefficients(Normalize operation) {
        int channels = program.value(operation.in()).channels();
        long bias = Normalizations.cancelledBias(program, operation)
                .map(convolve -> parameters.value(convolve.bias()))
                .orElse(0L);
        launcher.launch(
                "running_coefficients",
                (channels + Launcher.THREADS - 1) / Launcher.THREADS,
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

    @Override
    public void close() {
        normalizations.close();
        launcher.device().free(partialLosses);
    }
}
