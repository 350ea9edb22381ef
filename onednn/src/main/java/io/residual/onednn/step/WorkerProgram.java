package io.residual.onednn.step;

import io.residual.onednn.kernels.BatchConvolution;
import io.residual.onednn.kernels.ChannelTiles;
import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import io.residual.onednn.kernels.PoolingKernels;
import io.residual.onednn.step.BatchExecutor.Weights;
import io.residual.onednn.step.Division.Parts;
import io.residual.onednn.step.FlatAddresses.Address;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Program.Value;
import io.residual.program.plan.Area;
import io.residual.program.plan.Phase;
import io.residual.program.plan.Task;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** What one worker does in each phase of a step, with kernels and memory of its own. */
final class WorkerProgram {
    private static final int SUM_LENGTH = 4096;

    private final BatchExecutor step;
    private final BytePointer own;
    private final long ownBase;
    private final List<List<Job>> whole = new ArrayList<>();
    private final List<List<Job>> rest = new ArrayList<>();
    private final Map<Key, BatchConvolution> convolutions = new HashMap<>();
    private final IdentityHashMap<Area, FloatBuffer> buffers = new IdentityHashMap<>();
    private final float[] sum = new float[SUM_LENGTH];
    private final float[] part = new float[SUM_LENGTH];
    private final Pointer extra;

    private record Key(Convolve operation, int images) {}

    /** A task on the images from a number on, which are a part of the batch. */
    interface Job {
        void run(int from, int part);
    }

    WorkerProgram(BatchExecutor step) {
        this.step = step;
        long bytes = 0;
        long largest = 0;
        for (int i = 0; i < step.plan().phases().size(); i++) {
            bytes = Math.max(
                    bytes, place(step.plan().phases().get(i), step.division().parts(i)));
        }
        for (var operation : step.program().operations()) {
            if (operation instanceof Convolve convolve) {
                largest = Math.max(largest, step.weights(convolve).gradientBytes());
            }
        }
        own = new BytePointer(BatchExecutor.aligned(bytes) + largest + 2 * BatchExecutor.aligned(1));
        ownBase = BatchExecutor.aligned(own.address());
        extra = new Address().at(ownBase + BatchExecutor.aligned(bytes));
        for (int i = 0; i < step.plan().phases().size(); i++) {
            Phase phase = step.plan().phases().get(i);
            Parts parts = step.division().parts(i);
            buffers.clear();
            whole.add(jobs(phase, parts.size()));
            rest.add(parts.rest() == 0 ? List.of() : jobs(phase, parts.rest()));
        }
        buffers.clear();
    }

    private static long place(Phase phase, Parts parts) {
        long at = 0;
        for (Area area : phase.own()) {
            area.placeAt(at);
            at = BatchExecutor.aligned(at + area.bytesPerImage() * parts.size());
        }
        return at;
    }

    void run(int phase, int index) {
        Parts parts = step.division().parts(phase);
        List<Job> jobs = (parts.images(index) == parts.size() ? whole : rest).get(phase);
        int from = index * parts.size();
        for (Job job : jobs) {
            job.run(from, index);
        }
    }

    private List<Job> jobs(Phase phase, int images) {
        return phase.tasks().stream().map(task -> job(task, images)).toList();
    }

    private Job job(Task task, int images) {
        if (task instanceof Task.ConvolveForward forward) {
            return forward(forward, images);
        }
        if (task instanceof Task.ConvolveData data) {
            return data(data, images);
        }
        if (task instanceof Task.ConvolveWeights weights) {
            return weights(weights, images);
        }
        if (task instanceof Task.PoolForward pool) {
            return poolForward(pool, images);
        }
        if (task instanceof Task.PoolBackward pool) {
            return poolBackward(pool, images);
        }
        if (task instanceof Task.Pad pad) {
            return pad(pad.operation(), pad.in(), pad.out(), images);
        }
        if (task instanceof Task.Unpad pad) {
            return unpad(pad.operation(), pad.outGradient(), pad.inGradient(), images);
        }
        return task instanceof Task.Loss loss
                ? loss(loss, images)
                : new ElementwiseJob(this, step, (Task.Elementwise) task, images);
    }

    private Job pad(PadChannels operation, Area in, Area out, int images) {
        Value narrow = step.program().value(operation.in());
        int wide = step.program().value(operation.out()).channels();
        int rows = images * narrow.positions();
        float[] from = new float[rows * narrow.channels()];
        float[] to = new float[rows * wide];
        return (first, index) -> {
            pointer(in, first).get(from);
            for (int row = 0; row < rows; row++) {
                System.arraycopy(from, row * narrow.channels(), to, row * wide, narrow.channels());
            }
            pointer(out, first).put(to);
        };
    }

    private Job unpad(PadChannels operation, Area outGradient, Area inGradient, int images) {
        Value narrow = step.program().value(operation.in());
        int wide = step.program().value(operation.out()).channels();
        int rows = images * narrow.positions();
        float[] from = new float[rows * wide];
        float[] to = new float[rows * narrow.channels()];
        return (first, index) -> {
            pointer(outGradient, first).get(from);
            for (int row = 0; row < rows; row++) {
                System.arraycopy(from, row * wide, to, row * narrow.channels(), narrow.channels());
            }
            pointer(inGradient, first).put(to);
        };
    }

    private FloatPointer pointer(Area area, int from) {
        return new FloatPointer(new Address().at(address(area, from)));
    }

    private BatchConvolution convolution(Convolve operation, int images) {
        return convolutions.computeIfAbsent(new Key(operation, images), key -> step.convolution(operation, images));
    }

    private Job forward(Task.ConvolveForward task, int images) {
        BatchConvolution kernels = convolution(task.operation(), images);
        requireLayout(
                kernels,
                convolution(task.operation(), step.division().forwardSize(task.operation())),
                Direction.FORWARD);
        Weights weights = step.weights(task.operation());
        Address in = new Address();
        Address out = new Address();
        Address prepared = new Address().at(step.base() + weights.forward());
        Pointer bias = task.operation().biased() ? weights.bias() : null;
        return (from, index) ->
                kernels.forward(in.at(address(task.in(), from)), prepared, bias, out.at(address(task.out(), from)));
    }

    private Job data(Task.ConvolveData task, int images) {
        BatchConvolution kernels = convolution(task.operation(), images);
        requireLayout(
                kernels,
                convolution(task.operation(), step.division().backwardSize(task.operation())),
                Direction.BACKWARD_DATA);
        Address out = new Address();
        Address in = new Address();
        Address prepared =
                new Address().at(step.base() + step.weights(task.operation()).backward());
        return (from, index) -> kernels.backwardData(
                out.at(address(task.outGradient(), from)), prepared, in.at(address(task.inGradient(), from)));
    }

    private Job weights(Task.ConvolveWeights task, int images) {
        BatchConvolution kernels = convolution(task.operation(), images);
        requireLayout(
                kernels,
                convolution(task.operation(), step.division().backwardSize(task.operation())),
                Direction.BACKWARD_WEIGHTS);
        Weights weights = step.weights(task.operation());
        Address in = new Address();
        Address out = new Address();
        Address lane = new Address();
        Address bias = new Address();
        long biasBytes = biasBytes(task.operation());
        FloatPointer biasPart = new FloatPointer(Math.max(1, biasBytes / Float.BYTES));
        return (from, index) -> {
            int number = index % step.division().lanes();
            lane.at(step.base() + weights.gradients() + number * BatchExecutor.aligned(weights.gradientBytes()));
            bias.at(step.base() + weights.biasGradients() + number * BatchExecutor.aligned(biasBytes));
            boolean first = index < step.division().lanes();
            kernels.backwardWeights(
                    in.at(address(task.in(), from)),
                    out.at(address(task.outGradient(), from)),
                    first ? lane : extra,
                    biasBytes == 0 ? null : first ? bias : biasPart);
            if (!first) {
                add(extra, lane, weights.gradientBytes() / Float.BYTES);
                add(biasPart, bias, biasBytes / Float.BYTES);
            }
        };
    }

    private long biasBytes(Convolve operation) {
        return operation.biased() ? (long) step.program().value(operation.out()).channels() * Float.BYTES : 0;
    }

    private static void requireLayout(BatchConvolution one, BatchConvolution other, Direction pass) {
        if (!one.layout(pass).equals(other.layout(pass))) {
            throw new IllegalStateException("oneDNN holds the weights of parts of a batch in different layouts");
        }
    }

    private void add(Pointer from, Pointer to, long count) {
        FloatPointer source = new FloatPointer(from);
        FloatPointer target = new FloatPointer(to);
        for (long at = 0; at < count; at += SUM_LENGTH) {
            int length = (int) Math.min(SUM_LENGTH, count - at);
            source.position(at).get(part, 0, length);
            target.position(at).get(sum, 0, length);
            ChannelTiles.add(part, sum, length);
            target.put(sum, 0, length);
        }
    }

    private Job poolForward(Task.PoolForward task, int images) {
        PoolingKernels.Shape shape = step.pooling(task.operation(), images);
        Address in = new Address();
        Address out = new Address();
        Address indices = new Address();
        return (from, index) -> PoolingKernels.forward(
                shape,
                in.at(address(task.in(), from)),
                out.at(address(task.out(), from)),
                at(indices, task.indices(), from));
    }

    private Job poolBackward(Task.PoolBackward task, int images) {
        PoolingKernels.Shape shape = step.pooling(task.operation(), images);
        Address in = new Address();
        Address out = new Address();
        Address indices = new Address();
        return (from, index) -> PoolingKernels.backward(
                shape,
                out.at(address(task.outGradient(), from)),
                in.at(address(task.inGradient(), from)),
                at(indices, task.indices(), from));
    }

    private @Nullable Pointer at(Address pointer, @Nullable Area area, int from) {
        return area == null ? null : pointer.at(address(area, from));
    }

    private Job loss(Task.Loss task, int images) {
        int classes = step.program().value(step.program().logits()).channels();
        float[] numbers = new float[images * classes];
        double[] exponentials = new double[classes];
        return (from, index) -> {
            pointer(task.logits(), from).get(numbers);
            step.batch().losses[index] = SoftmaxLoss.loss(
                    numbers, step.batch().labels, from * classes, exponentials, step.batch().hits, index);
            pointer(task.gradient(), from).put(numbers);
        };
    }

    /** Brings weights to the layout of a pass. */
    void prepare(Weights weights, Direction pass, long to) {
        Convolve operation = weights.operation();
        int images = pass == Direction.FORWARD
                ? step.division().forwardSize(operation)
                : step.division().backwardSize(operation);
        convolution(operation, images).prepare(pass, weights.values(), new Address().at(step.base() + to));
    }

    /** The gradient of weights of the complete batch. */
    void wholeBatch(Task.ConvolveWeights task) {
        Weights weights = step.weights(task.operation());
        BatchConvolution kernels = convolution(task.operation(), step.images());
        Address gradients = new Address().at(step.base() + weights.gradients());
        kernels.backwardWeights(
                new Address().at(address(task.in(), 0)),
                new Address().at(address(task.outGradient(), 0)),
                gradients,
                task.operation().biased() ? weights.biasGradient() : null);
        kernels.finishWeights(gradients, weights.gradient());
    }

    /** Adds up the gradients of weights of all lanes, in their order. */
    void addLanes(Weights weights, int lanes) {
        Address total = new Address().at(step.base() + weights.gradients());
        long biasBytes = biasBytes(weights.operation());
        Address bias = new Address().at(step.base() + weights.biasGradients());
        for (int lane = 1; lane < lanes; lane++) {
            add(
                    new Address().at(total.address() + lane * BatchExecutor.aligned(weights.gradientBytes())),
                    total,
                    weights.gradientBytes() / Float.BYTES);
            add(
                    new Address().at(bias.address() + lane * BatchExecutor.aligned(biasBytes)),
                    bias,
                    biasBytes / Float.BYTES);
        }
        convolution(weights.operation(), step.division().backwardSize(weights.operation()))
                .finishWeights(total, weights.gradient());
        if (biasBytes > 0) {
            Pointer.memcpy(weights.biasGradient(), bias, biasBytes);
        }
    }

    long address(Area area, int from) {
        return switch (area.place()) {
            case SHARED -> step.base() + area.offset() + from * area.bytesPerImage();
            case OWN -> ownBase + area.offset();
            case INPUT -> step.batch().images + from * area.bytesPerImage();
        };
    }

    /** All of an area's memory, as tiles are read from it. */
    FloatBuffer buffer(Area area, int images) {
        return Objects.requireNonNull(buffers.computeIfAbsent(area, key -> {
            int count = area.place() == Area.Place.SHARED ? step.images() : images;
            return new FloatPointer(new Address().at(address(area, 0)))
                    .capacity(count * area.bytesPerImage() / Float.BYTES)
                    .asBuffer();
        }));
    }
}
