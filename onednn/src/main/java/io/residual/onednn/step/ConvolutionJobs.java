package io.residual.onednn.step;

import io.residual.onednn.kernels.BatchConvolution;
import io.residual.onednn.kernels.ChannelTiles;
import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import io.residual.onednn.step.BatchExecutor.Weights;
import io.residual.onednn.step.FlatAddresses.Address;
import io.residual.onednn.step.WorkerProgram.Job;
import io.residual.program.Operation.Convolve;
import io.residual.program.plan.Task;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The convolutions of one worker, with kernels of its own. */
final class ConvolutionJobs {
    private static final int SUM_LENGTH = 4096;

    private final BatchExecutor step;
    private final WorkerProgram worker;
    private final Pointer extra;
    private final Map<Key, BatchConvolution> convolutions = new HashMap<>();
    private final float[] sum = new float[SUM_LENGTH];
    private final float[] part = new float[SUM_LENGTH];

    private record Key(Convolve operation, int images) {}

    /**
     * The convolutions of a step.
     *
     * @param extra room for the gradient of any of their weights
     */
    ConvolutionJobs(BatchExecutor step, WorkerProgram worker, Pointer extra) {
        this.step = step;
        this.worker = worker;
        this.extra = extra;
    }

    private BatchConvolution convolution(Convolve operation, int images) {
        return convolutions.computeIfAbsent(new Key(operation, images), key -> step.convolution(operation, images));
    }

    Job forward(Task.ConvolveForward task, int images) {
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
        return (from, index) -> kernels.forward(
                in.at(worker.address(task.in(), from)), prepared, bias, out.at(worker.address(task.out(), from)));
    }

    Job data(Task.ConvolveData task, int images) {
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
                out.at(worker.address(task.outGradient(), from)),
                prepared,
                in.at(worker.address(task.inGradient(), from)));
    }

    Job weights(Task.ConvolveWeights task, int images) {
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
            in.at(worker.address(task.in(), from));
            out.at(worker.address(task.outGradient(), from));
            if (index < step.division().lanes()) {
                kernels.backwardWeights(in, out, lane, biasBytes == 0 ? null : bias);
                return;
            }
            Pointer biasOrNull = biasBytes == 0 ? null : biasPart;
            if (kernels.addsGradients()) {
                kernels.addWeightGradients(in, out, lane, biasOrNull);
            } else {
                kernels.backwardWeights(in, out, extra, biasOrNull);
                add(extra, lane, weights.gradientBytes() / Float.BYTES);
            }
            add(biasPart, bias, biasBytes / Float.BYTES);
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
                new Address().at(worker.address(task.in(), 0)),
                new Address().at(worker.address(task.outGradient(), 0)),
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
}
