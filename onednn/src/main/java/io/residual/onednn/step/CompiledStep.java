package io.residual.onednn.step;

import io.residual.onednn.kernels.Nhwc;
import io.residual.onednn.kernels.Precision;
import io.residual.program.Operation;
import io.residual.program.Program;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Forward and backward pass of a graph without Deeplearning4j between the operations. It is compiled at the first batch of a
 * size, and what was compiled is kept for the last {@value #MAX_SIZES} sizes, of images of one size. Not for several threads at once.
 *
 * <p>Results do not depend on the number of threads where that is 1, 2 or 4.
 */
public final class CompiledStep {
    private static final int MAX_SIZES = 3;

    private final Resizing programs;
    /** Of the images of the last batch, at first those that the network was made for. */
    private Program program;

    private final Precision precision;
    private final ComputationGraph graph;
    private final FlatAddresses parameters;
    private final Workers workers;
    private final Map<Integer, BatchExecutor> bySize = new LinkedHashMap<>(4, 0.75f, true);

    /** The program of a network on images of other sizes. */
    @FunctionalInterface
    public interface Resizing {
        /** For images of so many pixels. */
        Program of(int height, int width);
    }

    /**
     * The step of a graph on images of one size, in as many threads as oneDNN's kernels have in this process.
     *
     * @param program read from the configuration of a graph with the same parameters
     * @param graph whose parameters are read, and whose flat gradient is written
     * @param precision of activations, their gradients, and the factors of convolutions; F32 where the processor has no other
     */
    public CompiledStep(Program program, ComputationGraph graph, Precision precision) {
        this(program, graph, precision, Workers.shared());
    }

    /** The same on images of any size. */
    public CompiledStep(Program program, Resizing programs, ComputationGraph graph, Precision precision) {
        this(program, programs, graph, precision, Workers.shared());
    }

    CompiledStep(Program program, ComputationGraph graph, Precision precision, Workers workers) {
        this(program, (height, width) -> program, graph, precision, workers);
    }

    CompiledStep(Program program, Resizing programs, ComputationGraph graph, Precision precision, Workers workers) {
        this.program = program;
        this.programs = programs;
        this.precision = precision.supportedHere();
        this.graph = graph;
        this.parameters = new FlatAddresses(graph);
        this.workers = workers;
    }

    /** Why no step can be compiled in this process, if none can. */
    public static Optional<String> reasonUnavailable() {
        return Workers.reasonUnavailable();
    }

    /**
     * What a step found.
     *
     * @param loss mean over the images, in nats
     * @param hits images whose largest logit is that of their largest label
     */
    public record Outcome(double loss, long hits) {}

    /** As {@link #gradient(INDArray, INDArray, LogitLoss)}, of the cross entropy. */
    public Outcome gradient(INDArray images, INDArray labels) {
        return gradient(images, labels, LogitLoss.CROSS_ENTROPY);
    }

    /**
     * Writes the gradient of the batch's summed loss into the graph's flat array, and what is to be subtracted from running
     * statistics, as Deeplearning4j's backward pass does.
     *
     * @param images FLOAT [N, channels, height, width]
     * @param labels distributions over the classes, FLOAT [N, classes]
     * @param loss of the logits
     * @throws IllegalStateException if the graph has other arrays than when this was made, or if a batch norm gets one value
     *     per channel, whose unbiased variance is not defined
     * @throws IllegalArgumentException if images or labels are not of the network's shapes
     */
    public Outcome gradient(INDArray images, INDArray labels, LogitLoss loss) {
        if (!parameters.areThoseOf(graph)) {
            throw new IllegalStateException(
                    "the graph's arrays of parameters or gradients were replaced after its step was compiled");
        }
        int count = Math.toIntExact(images.size(0));
        if (images.rank() == 4) {
            resize(Math.toIntExact(images.size(2)), Math.toIntExact(images.size(3)));
        }
        Program.Value input = program.value(program.input());
        requireShape(images, count, input.channels(), input.height(), input.width());
        requireShape(labels, count, program.value(program.logits()).channels());
        requireStatistics(count);
        INDArray channelsLast = channelsLast(images);
        BatchExecutor executor = executor(count);
        try {
            executor.run(Nhwc.address(channelsLast), floats(labels), loss);
        } finally {
            Reference.reachabilityFence(channelsLast);
        }
        return new Outcome(executor.loss(), executor.hits());
    }

    /** Frees what was compiled for images of another size: training does not return to it soon. */
    private void resize(int height, int width) {
        Program.Value before = program.value(program.input());
        if (before.height() == height && before.width() == width) {
            return;
        }
        Program resized = programs.of(height, width);
        if (!resized.equals(program)) {
            program = resized;
            bySize.values().forEach(BatchExecutor::close);
            bySize.clear();
        }
    }

    private void requireStatistics(int images) {
        if (images == 0) {
            throw new IllegalArgumentException("a batch has at least one image");
        }
        for (Operation operation : program.operations()) {
            if (images == 1
                    && operation instanceof Operation.Normalize normalize
                    && normalize.unbiased()
                    && program.value(normalize.in()).positions() == 1) {
                throw new IllegalStateException(normalize.layer()
                        + ": batch norm needs more than one value per channel when training, got one image of 1 x 1"
                        + " pixels: use larger batches or images");
            }
        }
    }

    private static void requireShape(INDArray array, long... shape) {
        if (array.dataType() != DataType.FLOAT || !Arrays.equals(array.shape(), shape)) {
            throw new IllegalArgumentException("expected floats of shape " + Arrays.toString(shape) + ", got "
                    + array.dataType() + ' ' + Arrays.toString(array.shape()));
        }
    }

    private BatchExecutor executor(int images) {
        BatchExecutor known = bySize.get(images);
        if (known == null) {
            if (bySize.size() == MAX_SIZES) {
                Integer oldest = bySize.keySet().iterator().next();
                Objects.requireNonNull(bySize.remove(oldest)).close();
            }
            known = new BatchExecutor(program, precision, images, parameters, workers);
            bySize.put(images, known);
        }
        return known;
    }

    /** The array itself where its memory is N, H, W, C without gaps, else a copy that is. */
    private static INDArray channelsLast(INDArray images) {
        return Nhwc.isDense(images) ? images : images.permute(0, 2, 3, 1).dup('c');
    }

    private static float[] floats(INDArray labels) {
        INDArray dense = labels.dup('c');
        float[] numbers = new float[Math.toIntExact(dense.length())];
        try {
            new FloatPointer(Nhwc.address(dense)).get(numbers);
        } finally {
            Reference.reachabilityFence(dense);
        }
        return numbers;
    }
}
