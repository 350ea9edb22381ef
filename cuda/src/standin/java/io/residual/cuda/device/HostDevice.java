package io.residual.cuda.device;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.residual.cuda.device.Convolution.Pass;
import io.residual.program.Program.Value;
import io.residual.program.Window.Axis;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for a GPU, on the CPU: slow, but strict. It refuses what a GPU may silently do otherwise: arguments of other
 * types than the kernel's, addresses outside of memory, writes around it, barriers that not all threads meet, work on the
 * side that nobody joins, blocks that wait for others which may not run yet.
 */
public final class HostDevice implements Device {
    /** In which order a kernel's blocks run, and the threads of a block between barriers. Results must not depend on it. */
    public enum Order {
        FORWARDS(0),
        BACKWARDS(1),
        RANDOM(20_251);

        private final int seed;

        Order(int seed) {
            this.seed = seed;
        }
    }

    /** When work on the side runs. Results must not depend on it. */
    public enum Side {
        AT_ONCE,
        /** When it is joined. */
        LATE
    }

    static final int MULTIPROCESSORS = 4;

    private final HostMemory memory = new HostMemory();
    private final Order order;
    private final Side side;
    private final List<Runnable> late = new ArrayList<>();
    private @Nullable List<Runnable> recording;
    private boolean onSide;
    private boolean unjoined;

    public HostDevice() {
        this(Order.FORWARDS, Side.AT_ONCE);
    }

    public HostDevice(Order order, Side side) {
        this.order = order;
        this.side = side;
    }

    @Override
    public String name() {
        return "CPU";
    }

    @Override
    public int multiprocessors() {
        return MULTIPROCESSORS;
    }

    @Override
    public int blocksTogether() {
        return MULTIPROCESSORS;
    }

    @Override
    public long freeBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    @Override
    public long allocate(long bytes) {
        refuseWhileRecording("allocate");
        return memory.allocate(bytes);
    }

    @Override
    public void free(long address) {
        synchronize();
        memory.free(address);
    }

    @Override
    public void upload(ByteBuffer from, long to) {
        refuseWhileRecording("upload");
        direct(from);
        ByteBuffer source = from.duplicate();
        queue(() -> memory.bytes(to, source.remaining()).put(source));
        if (onSide) runLate();
    }

    @Override
    public void download(long from, ByteBuffer to) {
        direct(to);
        synchronize();
        to.duplicate().put(memory.bytes(from, to.remaining()));
    }

    @Override
    public void clear(long address, long bytes) {
        memory.check(address, bytes);
        queue(() -> memory.clear(address, bytes));
    }

    @Override
    public void copy(long from, long to, long bytes) {
        memory.check(from, bytes);
        memory.check(to, bytes);
        queue(() -> memory.copy(from, to, bytes));
    }

    @Override
    public void announce(ConvolutionShape shape, Pass pass, Format format) {
        refuseWhileRecording("announce a convolution");
    }

    @Override
    public Map<String, Double> preparationSeconds() {
        return Map.of();
    }

    @Override
    public Kernels compile(String source) {
        refuseWhileRecording("compile");
        return new HostKernels(source, memory, this::queue, order.seed);
    }

    @Override
    public Convolution convolution(ConvolutionShape shape, Pass pass, Format format) {
        refuseWhileRecording("choose a convolution");
        Memory numbers = numbers(shape);
        Function convolve = HostCompiler.shared().convolutions().getFunction("convolve");
        int computed = switch (pass) {
            case FORWARD -> 0;
            case BACKWARD_DATA -> 1;
            case BACKWARD_WEIGHTS -> 2;
        };
        long ins = (long) shape.images() * shape.in().size() * format.bytes();
        long outs = (long) shape.images() * shape.out().size() * format.bytes();
        return (in, weights, out) -> {
            memory.check(in, ins);
            memory.check(weights, shape.weights() * format.bytes());
            memory.check(out, outs);
            queue(() -> convolve.invokeVoid(new Object[] {
                numbers,
                computed,
                format == Format.BF16 ? 1 : 0,
                new Pointer(in),
                new Pointer(weights),
                new Pointer(out)
            }));
        };
    }

    @Override
    public void beginSide() {
        if (onSide) throw new IllegalStateException("Work is queued on the side already");
        onSide = true;
        unjoined = true;
    }

    @Override
    public void endSide() {
        if (!onSide) throw new IllegalStateException("No work is queued on the side");
        onSide = false;
    }

    @Override
    public void joinSide() {
        if (onSide) throw new IllegalStateException("The side cannot join itself");
        unjoined = false;
        queue(this::runLate);
    }

    @Override
    public CapturedGraph capture(Runnable work) {
        refuseWhileRecording("capture");
        if (onSide) throw new IllegalStateException("Work is queued on the side");
        synchronize();
        List<Runnable> recorded = new ArrayList<>();
        recording = recorded;
        try {
            work.run();
            if (unjoined) throw new IllegalStateException("The captured work leaves its side unjoined");
        } finally {
            recording = null;
            onSide = false;
            unjoined = false;
        }
        return new Graph(recorded);
    }

    private final class Graph implements CapturedGraph {
        private final List<Runnable> work;
        private boolean closed;

        Graph(List<Runnable> work) {
            this.work = List.copyOf(work);
        }

        @Override
        public void launch() {
            if (closed) throw new IllegalStateException("The graph is closed");
            refuseWhileRecording("launch a graph");
            work.forEach(Runnable::run);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Override
    public void synchronize() {
        refuseWhileRecording("wait");
        runLate();
        memory.checkGuards();
    }

    @Override
    public void close() {
        synchronize();
        memory.freeAll();
    }

    private void queue(Runnable work) {
        Runnable timed = onSide && side == Side.LATE ? () -> late.add(work) : work;
        if (recording == null) {
            timed.run();
        } else {
            recording.add(timed);
        }
    }

    private void runLate() {
        List<Runnable> all = List.copyOf(late);
        late.clear();
        all.forEach(Runnable::run);
    }

    private void refuseWhileRecording(String what) {
        if (recording != null) throw new IllegalStateException("Captured work must not " + what);
    }

    private static void direct(ByteBuffer buffer) {
        if (!buffer.isDirect()) throw new IllegalArgumentException("The buffer is not direct");
    }

    private static Memory numbers(ConvolutionShape shape) {
        Value in = shape.in();
        Value out = shape.out();
        Axis rows = shape.window().rows();
        Axis columns = shape.window().columns();
        int[] numbers = {
            shape.images(),
            in.channels(),
            in.height(),
            in.width(),
            out.channels(),
            out.height(),
            out.width(),
            rows.size(),
            rows.stride(),
            rows.dilation(),
            rows.before(),
            columns.size(),
            columns.stride(),
            columns.dilation(),
            columns.before()
        };
        Memory memory = new Memory(4L * numbers.length);
        memory.write(0, numbers, 0, numbers.length);
        return memory;
    }
}
