package io.residual.onednn.inference;

import io.residual.onednn.inference.PreparedWeights.ScalingConstants;
import io.residual.onednn.inference.ThreadProgram.Address;
import io.residual.onednn.kernels.ConvolutionShape;
import io.residual.onednn.kernels.Epilogue;
import io.residual.onednn.kernels.FusedArithmetic;
import io.residual.onednn.kernels.FusedConvolution;
import io.residual.onednn.kernels.FusedConvolution.Addend;
import io.residual.onednn.kernels.FusedConvolution.Algorithm;
import io.residual.onednn.kernels.FusedConvolution.Settings;
import io.residual.onednn.kernels.PoolingKernels;
import io.residual.onednn.kernels.Precision;
import io.residual.onednn.step.Shapes;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.PadChannels;
import io.residual.program.Operation.Pool;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import io.residual.program.inference.FusedOperation;
import io.residual.program.inference.FusedOperation.Activation;
import io.residual.program.inference.FusedOperation.Convolution;
import io.residual.program.inference.FusedOperation.Mean;
import io.residual.program.inference.FusedOperation.Padding;
import io.residual.program.inference.FusedOperation.Pooling;
import io.residual.program.inference.FusedOperation.Rectification;
import io.residual.program.inference.FusedOperation.Scaling;
import io.residual.program.inference.FusedOperation.Sum;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Makes the kernels of operations for a number of images, for the thread that asks. */
final class OperationKernels {
    private final Program program;
    private final ValueTypes types;
    private final PreparedWeights weights;
    private final Exactness exactness;
    private final Algorithm algorithm;

    /** How NaN and infinities are treated. */
    enum Exactness {
        /** As oneDNN's kernels do, some of which lose them. */
        ORDINARY,
        /** As PyTorch does, by kernels of our own where that takes them; of floats alone, and slow. */
        SPECIAL_NUMBERS
    }

    OperationKernels(
            Program program, ValueTypes types, PreparedWeights weights, Exactness exactness, Algorithm algorithm) {
        this.program = program;
        this.types = types;
        this.weights = weights;
        this.exactness = exactness;
        this.algorithm = algorithm;
    }

    /** An operation on a fixed number of images. */
    interface Job {
        /**
         * Runs it.
         *
         * @param at the first image within the part
         */
        void run(ThreadProgram thread, int at);

        default void close() {}
    }

    Job job(FusedOperation operation, boolean inPlace, int images) {
        if (operation instanceof Convolution convolution) {
            return convolution(convolution, inPlace, images);
        }
        if (operation instanceof Scaling scaling) {
            Supplier<ScalingConstants> constants = weights.latest(() -> weights.constants(scaling));
            return scaling(scaling.normalize().in(), scaling.out(), constants, epilogue(scaling.activation()), images);
        }
        if (operation instanceof Rectification relu) {
            return exactness == Exactness.SPECIAL_NUMBERS ? exactRelu(relu, images) : relu(relu, images);
        }
        if (operation instanceof Sum sum) {
            return sum(sum, images);
        }
        if (operation instanceof Pooling pooling) {
            boolean exact =
                    exactness == Exactness.SPECIAL_NUMBERS && pooling.pool().kind() == Pool.Kind.MAXIMUM;
            return exact ? exactMaximum(pooling.pool(), images) : pool(pooling.pool(), images);
        }
        return operation instanceof Mean mean
                ? new MeanJob(program.value(mean.in()), mean, types, images)
                : pad(((Padding) operation).pad(), images);
    }

    private static Epilogue epilogue(Activation activation) {
        return activation == Activation.RELU ? Epilogue.RELU : Epilogue.NONE;
    }

    private Job convolution(Convolution operation, boolean inPlace, int images) {
        Convolve convolve = operation.convolve();
        Convolve biased = new Convolve(convolve.layer(), convolve.in(), convolve.out(), convolve.window(), true);
        ConvolutionShape shape = Shapes.convolution(
                program.value(convolve.in()), program.value(operation.out()), biased, images, Precision.F32);
        Optional<Addend> addend = operation.addend().isEmpty()
                ? Optional.empty()
                : Optional.of(new Addend(
                        types.type(operation.addend().getAsInt()),
                        types.step(operation.addend().getAsInt())));
        FusedConvolution kernel = FusedConvolution.of(
                new Settings(
                        shape,
                        types.type(convolve.in()),
                        types.type(operation.out()),
                        addend,
                        epilogue(operation.activation())),
                algorithm);
        long copied = inPlace || addend.isEmpty() ? 0 : bytes(operation.out(), images);
        Supplier<FusedConvolution.Constants> constants = weights.latest(() -> weights.constants(operation, kernel));
        Address in = new Address();
        Address out = new Address();
        return new Job() {
            @Override
            public void run(ThreadProgram thread, int at) {
                out.at(thread.address(operation.out(), at));
                if (copied > 0) {
                    Pointer.memcpy(
                            out,
                            new Address().at(thread.address(operation.addend().getAsInt(), at)),
                            copied);
                }
                kernel.run(in.at(thread.address(convolve.in(), at)), constants.get(), out);
            }

            @Override
            public void close() {
                kernel.close();
            }
        };
    }

    private long bytes(int value, int images) {
        return (long) images * program.value(value).size() * types.type(value).bytes();
    }

    private Job scaling(int in, int out, Supplier<ScalingConstants> constants, Epilogue epilogue, int images) {
        FusedArithmetic kernel = FusedArithmetic.scaling(
                Shapes.dims(program.value(out), images), types.type(in), types.type(out), epilogue);
        return new Job() {
            @Override
            public void run(ThreadProgram thread, int at) {
                kernel.scale(
                        new Address().at(thread.address(in, at)),
                        constants.get().factor(),
                        constants.get().bias(),
                        new Address().at(thread.address(out, at)));
            }

            @Override
            public void close() {
                kernel.close();
            }
        };
    }

    private Job relu(Rectification relu, int images) {
        int channels = program.value(relu.in()).channels();
        float[] ones = new float[channels];
        Arrays.fill(ones, 1);
        ScalingConstants constants = weights.scaling(relu.in(), relu.out(), ones, new float[channels]);
        return scaling(relu.in(), relu.out(), () -> constants, Epilogue.RELU, images);
    }

    private Job exactRelu(Rectification relu, int images) {
        float[] numbers = new float[images * program.value(relu.in()).size()];
        return (thread, at) -> {
            thread.floats(relu.in(), at).get(numbers);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Math.max(0, numbers[i]);
            }
            thread.floats(relu.out(), at).put(numbers);
        };
    }

    private Job sum(Sum sum, int images) {
        float step = types.step(sum.out());
        FusedArithmetic kernel = FusedArithmetic.sum(
                Shapes.dims(program.value(sum.out()), images),
                new FusedArithmetic.Operand(types.type(sum.left()), types.step(sum.left()) / step),
                new FusedArithmetic.Operand(types.type(sum.right()), types.step(sum.right()) / step),
                types.type(sum.out()),
                epilogue(sum.activation()));
        return new Job() {
            @Override
            public void run(ThreadProgram thread, int at) {
                kernel.add(
                        new Address().at(thread.address(sum.left(), at)),
                        new Address().at(thread.address(sum.right(), at)),
                        new Address().at(thread.address(sum.out(), at)));
            }

            @Override
            public void close() {
                kernel.close();
            }
        };
    }

    private Job pool(Pool pool, int images) {
        PoolingKernels.Shape shape = Shapes.pooling(
                program.value(pool.in()), program.value(pool.out()), pool, images, types.type(pool.in()));
        return (thread, at) -> PoolingKernels.inference(
                shape,
                new Address().at(thread.address(pool.in(), at)),
                new Address().at(thread.address(pool.out(), at)));
    }

    private Job exactMaximum(Pool pool, int images) {
        float[] from = new float[images * program.value(pool.in()).size()];
        float[] to = new float[images * program.value(pool.out()).size()];
        return (thread, at) -> {
            thread.floats(pool.in(), at).get(from);
            for (int i = 0; i < to.length; i++) {
                to[i] = maximum(pool, from, i);
            }
            thread.floats(pool.out(), at).put(to);
        };
    }

    private float maximum(Pool pool, float[] from, int index) {
        Value in = program.value(pool.in());
        Value out = program.value(pool.out());
        int channel = index % out.channels();
        int position = index / out.channels() % out.positions();
        int image = index / out.size();
        float maximum = Float.NEGATIVE_INFINITY;
        var rows = pool.window().rows();
        var columns = pool.window().columns();
        for (int tap = 0; tap < rows.size() * columns.size(); tap++) {
            int y = position / out.width() * rows.stride() - rows.before() + tap / columns.size();
            int x = position % out.width() * columns.stride() - columns.before() + tap % columns.size();
            if (y >= 0 && y < in.height() && x >= 0 && x < in.width()) {
                maximum = Math.max(
                        maximum, from[(image * in.positions() + y * in.width() + x) * in.channels() + channel]);
            }
        }
        return maximum;
    }

    private Job pad(PadChannels pad, int images) {
        Value in = program.value(pad.in());
        int type = types.type(pad.in()).bytes();
        int narrow = in.channels() * type;
        int wide = program.value(pad.out()).channels() * type;
        byte[] from = new byte[images * in.positions() * narrow];
        byte[] to = new byte[images * in.positions() * wide];
        return (thread, at) -> {
            new BytePointer(new Address().at(thread.address(pad.in(), at))).get(from);
            for (int row = 0; row < images * in.positions(); row++) {
                System.arraycopy(from, row * narrow, to, row * wide, narrow);
            }
            new BytePointer(new Address().at(thread.address(pad.out(), at))).put(to);
        };
    }
}
