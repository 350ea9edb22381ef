package io.residual.onednn.step;

import io.residual.onednn.kernels.BatchConvolution;
import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import io.residual.onednn.kernels.PoolingKernels;
import io.residual.onednn.kernels.Precision;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Operation.Pool;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.plan.Placement;
import io.residual.program.plan.Planner;
import io.residual.program.plan.Policy;
import io.residual.program.plan.Task;
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
    private static final int ALIGNMENT = 64;

    private final Program program;
    private final Storage storage;
    private final int images;
    private final Workers workers;
    private final Planner.Plan plan;
    private final Division division;
    private final StepConvolutions convolutions;
    private final Map<Normalize, Normalization> normalizations = new HashMap<>();
    private final Map<Convolve, Weights> weights = new HashMap<>();
    private final BytePointer memory;
    private final long base;
    private final WorkerProgram[] programs;
    private final List<IntConsumer> first = new ArrayList<>();
    private final List<IntConsumer> last = new ArrayList<>();
    private final Batch batch;
    private final AtomicInteger nextTask = new AtomicInteger();
    private final LaneQueue lanes;
    private volatile boolean finite = true;

    /** The batch that is worked on, and what comes out. */
    static final class Batch {
        long images;
        float[] labels = {};
        LogitLoss loss = LogitLoss.CROSS_ENTROPY;
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

    BatchExecutor(Program program, Precision precision, int images, FlatAddresses parameters, Workers workers) {
        this.program = program;
        this.storage = new Storage(program, precision);
        this.images = images;
        this.workers = workers;
        this.batch = new Batch();
        this.plan = new Planner(
                        program,
                        new Policy(
                                storage::bytes,
                                this::indexBytes,
                                operation -> Division.isHeavy(program, operation, images),
                                Policy.Activations.RECOMPUTED),
                        Planner.Pass.TRAINING)
                .plan();
        this.division = new Division(program, plan.phases(), images, workers.count());
        this.lanes = new LaneQueue(division.lanes());
        this.convolutions = new StepConvolutions(program, storage, division, images);
        Layout layout = new Layout();
        layout.bytes = Placement.place(plan.shared(), images, ALIGNMENT);
        // In a thread of theirs: which layouts kernels prefer may depend on how many threads they may start.
        workers.run(worker -> {
            if (worker == 0) {
                layout.addWeights(parameters);
            }
        });
        this.memory = new BytePointer(layout.bytes + ALIGNMENT);
        this.base = aligned(memory.address());
        for (int i = 0; i < plan.phases().size(); i++) {
            addNormalizations(i, parameters);
        }
        int most = division.mostParts();
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

        long take(long size) {
            long at = bytes;
            bytes = aligned(bytes + size);
            return at;
        }

        void addWeights(FlatAddresses parameters) {
            for (Operation operation : program.operations()) {
                if (operation instanceof Convolve convolve) {
                    weights.put(convolve, weights(convolve, parameters));
                }
            }
        }

        private Weights weights(Convolve operation, FlatAddresses parameters) {
            boolean heavy = Division.isHeavy(program, operation, images);
            BatchConvolution kernels = convolution(operation, heavy ? images : division.backwardSize(operation));
            BatchConvolution forward = convolution(operation, division.forwardSize(operation));
            long gradientBytes = kernels.preparedBytes(Direction.BACKWARD_WEIGHTS);
            int copies = heavy ? 1 : division.lanes();
            return new Weights(
                    operation,
                    parameters.value(operation.weights()),
                    parameters.gradient(operation.weights()),
                    operation.biased() ? parameters.value(operation.bias()) : new FloatPointer(),
                    operation.biased() ? parameters.gradient(operation.bias()) : new FloatPointer(),
                    take(forward.preparedBytes(Direction.FORWARD)),
                    operation.in() == program.input()
                            ? 0
                            : take(convolution(operation, division.backwardSize(operation))
                                    .preparedBytes(Direction.BACKWARD_DATA)),
                    take(aligned(gradientBytes) * copies),
                    take(aligned((long) program.value(operation.out()).channels() * Float.BYTES) * copies),
                    gradientBytes);
        }
    }

    BatchConvolution convolution(Convolve operation, int count) {
        return convolutions.of(operation, count);
    }

    PoolingKernels.Shape pooling(Pool operation, int count) {
        return Shapes.pooling(
                program.value(operation.in()),
                program.value(operation.out()),
                operation,
                count,
                storage.of(operation.in()).numbers());
    }

    private long indexBytes(Pool operation) {
        return PoolingKernels.indexBytes(pooling(operation, 1));
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
                            division.parts(phase).count(),
                            division.parts(backward).count(),
                            parameters.normalization(operation)));
        }
    }

    private void addFirst() {
        for (Weights each : weights.values()) {
            first.add(worker -> programs[worker].convolutions().prepare(each, Direction.FORWARD, each.forward));
            if (each.operation.in() != program.input()) {
                first.add(worker ->
                        programs[worker].convolutions().prepare(each, Direction.BACKWARD_DATA, each.backward));
            }
        }
    }

    private void addLast() {
        List<Task.ConvolveWeights> deferred = new ArrayList<>(plan.deferred());
        deferred.sort(
                Comparator.comparingLong((Task.ConvolveWeights task) -> Division.weightCount(program, task.operation())
                                * program.value(task.operation().out()).positions())
                        .reversed());
        deferred.forEach(
                task -> last.add(worker -> programs[worker].convolutions().wholeBatch(task)));
        weights.values().stream()
                .filter(each -> !Division.isHeavy(program, each.operation, images))
                .forEach(each -> last.add(
                        worker -> programs[worker].convolutions().addLanes(each, division.usedLanes(each.operation))));
    }

    /** Forward and backward pass; gradients and the changes of running statistics are written, sums over the images. */
    void run(Pointer input, float[] labels, LogitLoss loss) {
        batch.images = input.address();
        batch.labels = labels;
        batch.loss = loss;
        nextTask.set(0);
        finite = true;
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
        workers.await(() -> beginPhase(0));
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
        Division.Parts divided = division.parts(phase);
        boolean byLane = plan.phases().get(phase).tasks().stream().anyMatch(Task.ConvolveWeights.class::isInstance);
        if (byLane) {
            for (int part = lanes.take(worker, -1); part >= 0; part = lanes.take(worker, part)) {
                programs[worker].run(phase, part);
            }
        } else {
            for (int i = nextTask.getAndIncrement(); i < divided.count(); i = nextTask.getAndIncrement()) {
                programs[worker].run(phase, i);
            }
        }
    }

    private void endPhase(int phase) {
        for (Normalize each : plan.phases().get(phase).statistics()) {
            normalization(each).finishStatistics();
            finite &= normalization(each).isFinite();
        }
        plan.phases().get(phase).sums().forEach(each -> normalization(each).finishSums());
        beginPhase(phase + 1);
    }

    private void beginPhase(int phase) {
        nextTask.set(0);
        if (phase < plan.phases().size()) {
            lanes.begin(division.parts(phase).count());
        }
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

    /** Whether all batch norms of this step had finite statistics and parameters so far. */
    boolean isFinite() {
        return finite;
    }

    Storage storage() {
        return storage;
    }

    int images() {
        return images;
    }

    Planner.Plan plan() {
        return plan;
    }

    Division division() {
        return division;
    }

    Batch batch() {
        return batch;
    }

    long base() {
        return base;
    }

    static long aligned(long address) {
        return (address + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    @Override
    public void close() {
        memory.close();
    }
}
