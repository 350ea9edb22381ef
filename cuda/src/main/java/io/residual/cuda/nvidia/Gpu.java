package io.residual.cuda.nvidia;

import io.residual.cuda.device.CapturedGraph;
import io.residual.cuda.device.Convolution;
import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernels;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A GPU of NVIDIA, by the driver, NVRTC and cuDNN. */
public final class Gpu implements Device {
    private final Driver driver;
    private final Card card;
    private final int device;
    private final Compiler compiler;
    private final DiskCache cache;
    private final String libraries;
    private final Queue queue;
    private final DeviceMemory memory;
    private final Convolutions convolutions;
    private final PhaseTimes times = new PhaseTimes();
    private final Map<String, LoadedKernels> kernels = new HashMap<>();
    private final boolean cooperates;
    private boolean closed;

    private Gpu(Driver driver, Card card, Libraries libraries, DiskCache cache, Determinism determinism) {
        this.driver = driver;
        this.card = card;
        this.cache = cache;
        this.libraries = libraries.describe();
        device = Card.device(driver, card.index());
        compiler = new Compiler(libraries.nvrtc(), card.capability());
        cooperates = Card.attribute(driver, device, Driver.ATTRIBUTE_COOPERATIVE_LAUNCH) != 0;
        int flags = driver.cuDevicePrimaryCtxSetFlags_v2(device, Driver.CTX_SCHED_SPIN);
        if (flags != DriverErrors.PRIMARY_CONTEXT_ACTIVE) {
            DriverErrors.check(driver, flags, "cuDevicePrimaryCtxSetFlags");
        }
        long[] context = new long[1];
        DriverErrors.check(driver, driver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        boolean complete = false;
        try {
            queue = new Queue(driver, context[0]);
            memory = new DeviceMemory(driver, queue);
            String kind = card.name() + " " + card.multiprocessors();
            OwnConvolutions own = new OwnConvolutions(card, this::compile);
            Cudnn cudnn = libraries.cudnn();
            Choices choices = new Choices(cache, kind, cudnn.cudnnGetVersion(), determinism);
            convolutions = new Convolutions(driver, queue, memory, cudnn, own, choices, times);
            complete = true;
        } finally {
            if (!complete) {
                driver.cuDevicePrimaryCtxRelease_v2(device);
            }
        }
    }

    /**
     * Opens one.
     *
     * @param index from 0, in the driver's order
     * @throws CudaException if there is none of that number, or driver, GPU or libraries are missing or too old
     */
    public static Gpu open(int index, Determinism determinism) {
        Path home = Path.of(System.getProperty("user.home"));
        return open(index, DiskCache.ofUser(System.getenv(), home), determinism);
    }

    /**
     * Opens one.
     *
     * @param index from 0, in the driver's order
     * @param cache directory for compiled kernels and choices of algorithms, made if need be
     * @throws CudaException if there is none of that number, or driver, GPU or libraries are missing or too old
     */
    public static Gpu open(int index, Path cache, Determinism determinism) {
        return open(index, cache, determinism, Places.ofProcess());
    }

    static Gpu open(int index, Path cache, Determinism determinism, Places places) {
        Driver driver = Libraries.driver(places);
        int version = Card.start(driver);
        Card card = Card.of(driver, index);
        card.check();
        return new Gpu(driver, card, Libraries.load(places, version / 1000), new DiskCache(cache), determinism);
    }

    @Override
    public String name() {
        return card.name();
    }

    @Override
    public int multiprocessors() {
        return card.multiprocessors();
    }

    @Override
    public int blocksTogether() {
        return cooperates ? card.multiprocessors() : 0;
    }

    /** What the driver says about it. */
    public Card card() {
        return card;
    }

    /** Versions and places of NVRTC and cuDNN. */
    public String libraries() {
        return libraries;
    }

    @Override
    public long freeBytes() {
        queue.use();
        long[] free = new long[1];
        long[] total = new long[1];
        DriverErrors.check(driver, driver.cuMemGetInfo_v2(free, total), "cuMemGetInfo");
        return free[0];
    }

    @Override
    public long allocate(long bytes) {
        return memory.allocate(bytes);
    }

    @Override
    public void free(long address) {
        memory.free(address);
    }

    @Override
    public void upload(ByteBuffer from, long to) {
        memory.upload(from, to);
    }

    @Override
    public void download(long from, ByteBuffer to) {
        memory.download(from, to);
    }

    @Override
    public void clear(long address, long bytes) {
        memory.clear(address, bytes);
    }

    @Override
    public void copy(long from, long to, long bytes) {
        memory.copy(from, to, bytes);
    }

    @Override
    public Kernels compile(String source) {
        queue.notWhileCapturing("compile");
        return kernels.computeIfAbsent(
                source,
                text -> new LoadedKernels(driver, queue, new CompiledSource(compiler, cache, times, text), times));
    }

    @Override
    public void announce(ConvolutionShape shape, Pass pass, Format format) {
        convolutions.announce(shape, pass, format);
    }

    @Override
    public Convolution convolution(ConvolutionShape shape, Pass pass, Format format) {
        return convolutions.get(shape, pass, format);
    }

    /** Which algorithm was chosen, with the notes about its numbers and its scratch memory in bytes. */
    public String engine(ConvolutionShape shape, Pass pass, Format format) {
        return convolutions.get(shape, pass, format).engine();
    }

    /** How many microseconds each algorithm takes that there is, of our own so many at most. */
    Map<String, Double> times(ConvolutionShape shape, Pass pass, Format format, int mostOwn) {
        return convolutions.times(shape, pass, format, mostOwn);
    }

    @Override
    public void beginSide() {
        queue.beginSide();
    }

    @Override
    public void endSide() {
        queue.endSide();
    }

    @Override
    public void joinSide() {
        queue.joinSide();
    }

    @Override
    public Map<String, Double> preparationSeconds() {
        return times.seconds();
    }

    @Override
    public CapturedGraph capture(Runnable work) {
        kernels.values().forEach(Gpu::loadAhead);
        return times.of("recording", () -> queue.capture(work));
    }

    /** Loading may wait for all that is queued, so that it does not belong in a recording. */
    private static void loadAhead(LoadedKernels kernels) {
        try {
            kernels.load();
        } catch (CudaException unusable) {
            return; // whoever asks for one of its kernels gets the reason
        }
    }

    @Override
    public void synchronize() {
        queue.synchronize();
    }

    /** Ends all, and frees what was allocated unless another part of the process uses this GPU too. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            queue.synchronize();
            convolutions.close();
            memory.close();
            queue.close();
        } finally {
            driver.cuDevicePrimaryCtxRelease_v2(device);
        }
    }
}
