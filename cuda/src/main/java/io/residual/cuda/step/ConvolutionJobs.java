package io.residual.cuda.step;

import io.residual.cuda.device.Convolution;
import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;
import io.residual.program.Operation.Convolve;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.plan.Task;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What convolutions and the dense layer queue for batches of one size. */
final class ConvolutionJobs {
    private final Launcher launcher;
    private final Program program;
    private final Format format;
    private final Parameters parameters;
    private final int images;
    private final BatchMemory memory;
    private final Map<Object, Convolution> convolutions = new HashMap<>();

    ConvolutionJobs(
            Launcher launcher, Program program, Format format, Parameters parameters, int images, BatchMemory memory) {
        this.launcher = launcher;
        this.program = program;
        this.format = format;
        this.parameters = parameters;
        this.images = images;
        this.memory = memory;
    }

    /** Says which convolution a task will choose, if any. */
    void announce(Task task) {
        if (task instanceof Task.ConvolveForward forward) {
            announce(forward.operation(), Pass.FORWARD);
        } else if (task instanceof Task.ConvolveData data) {
            announce(data.operation(), Pass.BACKWARD_DATA);
        } else if (task instanceof Task.ConvolveWeights weights) {
            announce(weights.operation(), Pass.BACKWARD_WEIGHTS);
        }
    }

    private void announce(Convolve operation, Pass pass) {
        if (!ParameterLayout.isDense(program, operation)) {
            launcher.device().announce(shape(operation), pass, format);
        }
    }

    private ConvolutionShape shape(Convolve operation) {
        return new ConvolutionShape(
                images, program.value(operation.in()), program.value(operation.out()), operation.window());
    }

    private Convolution convolution(Convolve operation, Pass pass) {
        ConvolutionShape shape = shape(operation);
        return convolutions.computeIfAbsent(
                List.of(shape, pass), key -> launcher.device().convolution(shape, pass, format));
    }

    /** Queues a convolution, or the dense layer. */
    Runnable forward(Task.ConvolveForward task) {
        Convolve operation = task.operation();
        Value out = program.value(operation.out());
        long weights = parameters.weights(operation.weights());
        if (ParameterLayout.isDense(program, operation)) {
            int inputs = program.value(operation.in()).channels();
            long bias = operation.biased() ? parameters.value(operation.bias()) : 0;
            int biased = operation.biased() ? 1 : 0;
            long dense = parameters.value(operation.weights());
            int warps = Launcher.THREADS / 32;
            int blocks = (images * out.channels() + warps - 1) / warps;
            return () -> launcher.launch(
                    "dense",
                    blocks,
                    1,
                    memory.address(task.in()),
                    dense,
                    bias,
                    memory.address(task.out()),
                    images,
                    inputs,
                    out.channels(),
                    biased);
        }
        requireInFormat(operation);
        Convolution convolution = convolution(operation, Pass.FORWARD);
        if (!operation.biased() || Normalizations.isBiasCancelled(program, operation)) {
            return () -> convolution.run(memory.address(task.in()), weights, memory.address(task.out()));
        }
        long count = (long) images * out.size();
        long bias = parameters.value(operation.bias());
        return () -> {
            convolution.run(memory.address(task.in()), weights, memory.address(task.out()));
            launcher.launch(
                    "add_bias", launcher.blocks(count), 1, memory.address(task.out()), bias, count, out.channels());
        };
    }

    private void requireInFormat(Convolve operation) {
        if (operation.out() == program.logits()) {
            throw new IllegalArgumentException(operation.layer() + ": only a dense layer can compute the logits");
        }
    }

    /** Queues the gradient of what a convolution reads. */
    Runnable data(Task.ConvolveData task) {
        Convolve operation = task.operation();
        if (ParameterLayout.isDense(program, operation)) {
            int inputs = program.value(operation.in()).channels();
            int outputs = program.value(operation.out()).channels();
            long dense = parameters.value(operation.weights());
            int blocks = (images * inputs + Launcher.THREADS - 1) / Launcher.THREADS;
            return () -> launcher.launch(
                    "dense_backward_data",
                    blocks,
                    1,
                    memory.address(task.outGradient()),
                    dense,
                    memory.address(task.inGradient()),
                    images,
                    inputs,
                    outputs);
        }
        Convolution convolution = convolution(operation, Pass.BACKWARD_DATA);
        long weights = parameters.weights(operation.weights());
        return () -> convolution.run(memory.address(task.inGradient()), weights, memory.address(task.outGradient()));
    }

    /** Queues the gradient of its weights. */
    Runnable weights(Task.ConvolveWeights task) {
        Convolve operation = task.operation();
        Value out = program.value(operation.out());
        long biasGradient = operation.biased() ? parameters.gradient(operation.bias()) : 0;
        if (ParameterLayout.isDense(program, operation)) {
            int inputs = program.value(operation.in()).channels();
            long gradient = parameters.gradient(operation.weights());
            int biased = operation.biased() ? 1 : 0;
            return () -> launcher.launch(
                    "dense_backward_weights",
                    (inputs + 31) / 32,
                    out.channels(),
                    memory.address(task.in()),
                    memory.address(task.outGradient()),
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
            return () -> convolution.run(memory.address(task.in()), gradient, memory.address(task.outGradient()));
        }
        int rows = images * out.positions();
        return () -> {
            convolution.run(memory.address(task.in()), gradient, memory.address(task.outGradient()));
            launcher.launch(
                    "bias_gradient",
                    out.channels(),
                    1,
                    memory.address(task.outGradient()),
                    biasGradient,
                    rows,
                    out.channels());
        };
    }
}
