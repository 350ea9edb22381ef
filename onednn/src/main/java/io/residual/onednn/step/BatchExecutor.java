package io.residual.onednn.step;

import io.residual.onednn.kernels.BatchConvolution;
import io.residual.onednn.kernels.BatchConvolution.Pass;
import io.residual.onednn.kernels.PoolingKernels;
import io.residual.onednn.kernels.Precision;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.Pool;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The step of one batch size: its plan, its memory, and what each worker does. */
final class BatchExecutor implements AutoCloseable {
    /** What a part of a batch may fill of a core's own cache. */
    private static final long CACHE_BYTES = 1 << 20;

    private static final int ALIGNMENT = 64;
    /** Parts of a batch whose gradients of weights are added up separately, so that the result is the same for 1, 2 and 4 threads. */
    private static final int LANES = 4;

    private final Program program;
    private final int images;
    private final Workers workers;
    private final int lanes;
    private final Planner.Plan plan;
    private final List<Parts> parts = new ArrayList<>();
    private final Map<Normalize, Normalization> normalizations = new HashMap<>();
    private final Map<Convolve, Weights> weights = new HashMap<>();
    private final BytePointer memory;
    private final long base;
    private final WorkerProgram[] programs;
    private final List<IntConsumer> first = new ArrayList<>();
    private final List<IntConsumer> last = new ArrayList<>();
    private final Batch batch;
    private final AtomicInteger nextTask = new AtomicInteger();

    /** How a phase divides a batch: so many images at a time, the rest at the end. */
    record Parts(int size, int count, int rest) {
        int images(int part) {
            return part == count - 1 && rest > 0 ? rest : size;
        }
    }

    /** The batch that is worked on, and what comes out. */
    static final class Batch {
        long images;
        float[] labels = {};
        double[] losses = {};
        long[] hits = {};
    }

    /**
     * A convolution's weights in the layouts of its kernels, and their gradients.
     *
     * @param forward where prepared weights lie
     * @param gradients of the lanes, behind one another
     * @param gradientBytes of one lane
     */
    record Weights(
            Convolve operation,
            FloatPointer values,
            FloatPointer gradient,
            FloatPointer bias,
            FloatPointer biasGradient,
            long forward,
            long backward,
            long gradients,
            long biasGradients,
            long gradientBytes) {}

    BatchExecutor(Program program, int images, FlatAddresses parameters, Workers workers) {
        this.program = program;
        this.images = images;
        this.workers = workers;
        this.lanes = workers.count() <= LANES && workers.count() != 3 ? LANES : workers.count();
        this.batch = new Batch();
        Planner planner = new Planner(program, this::isHeavy, this::indexBytes);
        this.plan = planner.plan();
        plan.phases().forEach(phase -> parts.add(parts(phase)));
        Layout layout = new Layout();
        layout.place(plan.shared(), images);
        for (Operation operation : program.operations()) {
            if (operation instanceof Convolve convolve) {
                weights.put(convolve, layout.weights(convolve, parameters));
            }
        }
        this.memory = new BytePointer(layout.bytes + ALIGNMENT);
        this.base = aligned(memory.address());
        for (int i = 0; i < plan.phases().size(); i++) {
            addNormalizations(i, parameters);
        }
        int most = parts.stream().mapToInt(Parts::count).max().orElse(1);
        batch.losses = new double[most];
        batch.hits = new long[most];
        this.programs = new WorkerProgram[workers.count()];
        workers.run(worker -> programs[worker] = new WorkerProgram(this));
        addFirst();
        addLast();
    }

    /** Where things lie in the step's memory. */
    private final class Layout {
        private long bytes;

        void place(Iterable<Area> shared, int count) {
            List<Area> placed = new ArrayList<>();
            List<Area> bySize = new ArrayList<>();
            shared.forEach(bySize::add);
            bySize.sort(Comparator.comparingLong(Area::bytesPerImage).reversed());
            for (Area area : bySize) {
                long size = area.bytesPerImage() * count;
                long offset = 0;
                for (boolean moved = true; moved; ) {
                    moved = false;
                    for (Area other : placed) {
                        long end = aligned(other.offset() + other.bytesPerImage() * count);
                        if (area.overlaps(other) && offset < end && other.offset() < offset + size) {
                            offset = end;
                            moved = true;
                        }
                    }
                }
                area.placeAt(offset);
                placed.add(area);
                bytes = Math.max(bytes, aligned(offset + size));
            }
        }

        long take(long size) {
            long at = bytes;
            bytes = aligned(bytes + size);
            return at;
        }

        Weights weights(Convolve operation, FlatAddresses parameters) {
            BatchConvolution kernels = convolution(operation, isHeavy(operation) ? images : backwardSize(operation));
            BatchConvolution forward = convolution(operation, forwardSize(operation));
            long gradientBytes = kernels.preparedBytes(Pass.BACKWARD_WEIGHTS);
            int copies = isHeavy(operation) ? 1 : lanes;
            return new Weights(
                    operation,
                    parameters.value(operation.weights()),
                    parameters.gradient(operation.weights()),
                    operation.biased() ? parameters.value(operation.bias()) : new FloatPointer(),
                    operation.biased() ? parameters.gradient(operation.bias()) : new FloatPointer(),
                    take(forward.preparedBytes(Pass.FORWARD)),
                    operation.in() == program.input()
                            ? 0
                            : take(convolution(operation, backwardSize(operation))
                                    .preparedBytes(Pass.BACKWARD_DATA)),
                    take(aligned(gradientBytes) * copies),
                    take(aligned((long) program.value(operation.out()).channels() * Float.BYTES) * copies),
                    gradientBytes);
        }
    }

    private int forwardSize(Convolve operation) {
        return size(task -> task instanceof Task.ConvolveForward forward
                && forward.operation().equals(operation));
    }

    private int backwardSize(Convolve operation) {
        return size(task -> (task instanceof Task.ConvolveWeights gradient
                        && gradient.operation().equals(operation))
                || (task instanceof Task.ConvolveData data && data.operation().equals(operation)));
    }

    private int size(java.util.function.Predicate<Task> wanted) {
        for (int i = 0; i < parts.size(); i++) {
            if (plan.phases().get(i).tasks().stream().anyMatch(wanted)) {
                return parts.get(i).size();
            }
        }
        return images;
    }

    BatchConvolution convolution(Convolve operation, int count) {
        return BatchConvolution.of(Shapes.convolution(
                program.value(operation.in()), program.value(operation.out()), operation, count, Precision.F32));
    }

    PoolingKernels.Shape pooling(Pool operation, int count) {
        return Shapes.pooling(program.value(operation.in()), program.value(operation.out()), operation, count);
    }

    private long indexBytes(Pool operation) {
        return PoolingKernels.indexBytes(pooling(operation, 1));
    }

    /** Whether gradients of weights weigh more than the images that they are computed from. */
    private boolean isHeavy(Convolve operation) {
        Value in = program.value(operation.in());
        Value out = program.value(operation.out());
        return operation.in() != program.input()
                && weightCount(operation) > (long) images * (in.size() + out.size()) / 4;
    }

    private long weightCount(Convolve operation) {
        var window = operation.window();
        return (long) program.value(operation.in()).channels()
                * program.value(operation.out()).channels()
                * window.rows().size()
                * window.columns().size();
    }

    private Parts parts(Phase phase) {
        long bytes = 1;
        long needed = 1;
        for (Area area : phase.own()) {
            bytes += area.bytesPerImage();
        }
        for (Task task : phase.tasks()) {
            if (task instanceof Task.ConvolveForward forward) {
                bytes += forward.in().bytesPerImage() + forward.out().bytesPerImage();
                needed = Math.max(needed, imagesFor(forward.operation()));
            } else if (task instanceof Task.ConvolveData data) {
                bytes += data.inGradient().bytesPerImage() + data.outGradient().bytesPerImage();
                needed = Math.max(needed, imagesFor(data.operation()));
            } else if (task instanceof Task.ConvolveWeights gradient) {
                needed = Math.max(needed, 2 * imagesFor(gradient.operation()));
            }
        }
        long size = Math.max(CACHE_BYTES / bytes, needed);
        long count = Math.max(1, (images + size - 1) / size);
        long rounded = (count + lanes - 1) / lanes * lanes;
        int each = Math.toIntExact((images + rounded - 1) / rounded);
        int whole = (images + each - 1) / each;
        return new Parts(each, whole, images % each);
    }

    /** So many that reading the weights costs little beside reading them. */
    private long imagesFor(Convolve operation) {
        long perImage = program.value(operation.in()).size()
                + (long) program.value(operation.out()).size();
        return 2 * weightCount(operation) / perImage;
    }

    private void addNormalizations(int phase, FlatAddresses parameters) {
        for (Normalize operation : plan.phases().get(phase).statistics()) {
            int backward = 0;
            while (!plan.phases().get(backward).sums().contains(operation)) {
                backward++;
            }
            Value value = program.value(operation.in());
            normalizations.put(
                    operation,
                    new Normalization(
                            operation,
                            value.channels(),
                            (double) images * value.positions(),
                            parts.get(phase).count(),
                            parts.get(backward).count(),
                            parameters.normalization(operation)));
        }
    }

    private void addFirst() {
        for (Weights each : weights.values()) {
            first.add(worker -> programs[worker].prepare(each, Pass.FORWARD, each.forward));
            if (each.operation.in() != program.input()) {
                first.add(worker -> programs[worker].prepare(each, Pass.BACKWARD_DATA, each.backward));
            }
        }
    }

    private void addLast() {
        List<Task.ConvolveWeights> deferred = new ArrayList<>(plan.deferred());
        deferred.sort(Comparator.comparingLong((Task.ConvolveWeights task) -> weightCount(task.operation())
                        * program.value(task.operation().out()).positions())
                .reversed());
        deferred.forEach(task -> last.add(worker -> programs[worker].wholeBatch(task)));
        weights.values().stream()
                .filter(each -> !isHeavy(each.operation))
                .forEach(each -> last.add(worker -> programs[worker].addLanes(each, usedLanes(each.operation))));
    }

    private int usedLanes(Convolve operation) {
        for (int i = 0; i < parts.size(); i++) {
            if (plan.phases().get(i).tasks().stream()
                    .anyMatch(task -> task instanceof Task.ConvolveWeights gradient
                            && gradient.operation().equals(operation))) {
                return Math.min(lanes, parts.get(i).count());
            }
        }
        throw new IllegalStateException(operation + " has no gradient");
    }

    /** Forward and backward pass; gradients and the changes of running statistics are written, sums over the images. */
    void run(Pointer input, float[] labels) {
        batch.images = input.address();
        batch.labels = labels;
        nextTask.set(0);
        workers.run(this::work);
    }

    double loss() {
        double sum = 0;
        for (double each : batch.losses) {
            sum += each;
        }
        return sum / images;
    }

    long hits() {
        long sum = 0;
        for (long each : batch.hits) {
            sum += each;
        }
        return sum;
    }

    private void work(int worker) {
        runAll(first, worker);
        workers.await(() -> nextTask.set(0));
        for (int i = 0; i < plan.phases().size(); i++) {
            int phase = i;
            runPhase(phase, worker);
            workers.await(() -> endPhase(phase));
        }
        runAll(last, worker);
    }

    private void runAll(List<IntConsumer> tasks, int worker) {
        for (int i = nextTask.getAndIncrement(); i < tasks.size(); i = nextTask.getAndIncrement()) {
            tasks.get(i).accept(worker);
        }
    }

    private void runPhase(int phase, int worker) {
        Parts divided = parts.get(phase);
        boolean byLane = plan.phases().get(phase).tasks().stream().anyMatch(Task.ConvolveWeights.class::isInstance);
        if (byLane) {
            for (int part = 0; part < divided.count(); part++) {
                if (part % lanes % workers.count() == worker) {
                    programs[worker].run(phase, part);
                }
            }
        } else {
            for (int i = nextTask.getAndIncrement(); i < divided.count(); i = nextTask.getAndIncrement()) {
                programs[worker].run(phase, i);
            }
        }
    }

    private void endPhase(int phase) {
        plan.phases()
                .get(phase)
                .statistics()
                .forEach(each -> normalization(each).finishStatistics());
        plan.phases().get(phase).sums().forEach(each -> normalization(each).finishSums());
        nextTask.set(0);
    }

    Normalization normalization(Normalize operation) {
        return Objects.requireNonNull(normalizations.get(operation));
    }

    Weights weights(Convolve operation) {
        return Objects.requireNonNull(weights.get(operation));
    }

    Program program() {
        return program;
    }

    int images() {
        return images;
    }

    Planner.Plan plan() {
        return plan;
    }

    Parts parts(int phase) {
        return parts.get(phase);
    }

    Batch batch() {
        return batch;
    }

    long base() {
        return base;
    }

    int lanes() {
        return lanes;
    }

    int forwardImages(Convolve operation) {
        return forwardSize(operation);
    }

    int backwardImages(Convolve operation) {
        return backwardSize(operation);
    }

    long bytes() {
        return memory.capacity();
    }

    static long aligned(long address) {
        return (address + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    @Override
    public void close() {
        memory.close();
    }
}
