package io.residual.onednn.step;

import io.residual.onednn.kernels.PoolingKernels;
import io.residual.onednn.kernels.RoundedRows;
import io.residual.onednn.step.Division.Parts;
import io.residual.onednn.step.FlatAddresses.Address;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.PadChannels;
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
    private final BatchExecutor step;
    private final BytePointer own;
    private final long ownBase;
    private final List<List<Job>> whole = new ArrayList<>();
    private final List<List<Job>> rest = new ArrayList<>();
    private final IdentityHashMap<Area, FloatBuffer> buffers = new IdentityHashMap<>();
    private final Map<RowsKey, RoundedRows> rows = new HashMap<>();
    private final List<FloatPointer> scratch = new ArrayList<>();
    private final ConvolutionJobs convolutions;

    private record RowsKey(int count, int channels) {}

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
        convolutions = new ConvolutionJobs(step, this, new Address().at(ownBase + BatchExecutor.aligned(bytes)));
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

    ConvolutionJobs convolutions() {
        return convolutions;
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
            return convolutions.forward(forward, images);
        }
        if (task instanceof Task.ConvolveData data) {
            return convolutions.data(data, images);
        }
        if (task instanceof Task.ConvolveWeights weights) {
            return convolutions.weights(weights, images);
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
        int rows = images * step.program().value(operation.in()).positions();
        byte[] from = new byte[rows * rowBytes(operation.in())];
        byte[] to = new byte[rows * rowBytes(operation.out())];
        return (first, index) -> {
            new BytePointer(new Address().at(address(in, first))).get(from);
            copyRows(from, to, rows);
            new BytePointer(new Address().at(address(out, first))).put(to);
        };
    }

    private Job unpad(PadChannels operation, Area outGradient, Area inGradient, int images) {
        int rows = images * step.program().value(operation.in()).positions();
        byte[] from = new byte[rows * rowBytes(operation.out())];
        byte[] to = new byte[rows * rowBytes(operation.in())];
        return (first, index) -> {
            new BytePointer(new Address().at(address(outGradient, first))).get(from);
            copyRows(from, to, rows);
            new BytePointer(new Address().at(address(inGradient, first))).put(to);
        };
    }

    /** The bytes of a pixel. */
    private int rowBytes(int value) {
        return step.program().value(value).channels() * step.storage().of(value).bytes();
    }

    private static void copyRows(byte[] from, byte[] to, int rows) {
        int fromLength = from.length / rows;
        int toLength = to.length / rows;
        for (int row = 0; row < rows; row++) {
            System.arraycopy(from, row * fromLength, to, row * toLength, Math.min(fromLength, toLength));
        }
    }

    private FloatPointer pointer(Area area, int from) {
        return new FloatPointer(new Address().at(address(area, from)));
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
        return (from, index) -> {
            pointer(task.logits(), from).get(numbers);
            BatchExecutor.Batch batch = step.batch();
            batch.hits[index] = LogitLoss.hits(numbers, batch.labels, from * classes, classes);
            batch.losses[index] = batch.loss.replace(numbers, batch.labels, from * classes, classes);
            pointer(task.gradient(), from).put(numbers);
        };
    }

    long address(Area area, int from) {
        return switch (area.place()) {
            case SHARED -> step.base() + area.offset() + from * area.bytesPerImage();
            case OWN -> ownBase + area.offset();
            case INPUT -> step.batch().images + from * area.bytesPerImage();
        };
    }

    /** The kernels for so many rows of so many channels of bfloat16. */
    RoundedRows rows(int count, int channels) {
        return Objects.requireNonNull(
                rows.computeIfAbsent(new RowsKey(count, channels), key -> new RoundedRows(key.count, key.channels)));
    }

    /** Memory of this worker for so many numbers, by its index. */
    FloatPointer scratch(int index, int count) {
        if (index == scratch.size()) {
            scratch.add(new FloatPointer(count));
        } else if (scratch.get(index).capacity() < count) {
            scratch.set(index, new FloatPointer(count));
        }
        return scratch.get(index);
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
