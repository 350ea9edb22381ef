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
import java.util.Map;
import java.util.Optional;

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
    private boolean closed;

    private Gpu(Driver driver, Card card, Libraries libraries, DiskCache cache, Determinism determinism) {
        this.driver = driver;
        this.card = card;
        this.cache = cache;
        this.libraries = libraries.describe();
        device = Card.device(driver, card.index());
        compiler = new Compiler(libraries.nvrtc(), card.capability());
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
            convolutions = new Convolutions(driver, queue, memory, libraries.cudnn(), own, cache, kind, determinism);
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
        String key = compiler.key(source);
        Optional<byte[]> known = cache.read(key);
        if (known.isPresent()) {
            try {
                return new LoadedKernels(driver, queue, known.get());
            } catch (CudaException damaged) {
                return compileAnew(key, source);
            }
        }
        return compileAnew(key, source);
    }

    private Kernels compileAnew(String key, String source) {
        byte[] image = compiler.compile(source);
        Kernels kernels = new LoadedKernels(driver, queue, image);
        cache.write(key, image);
        return kernels;
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
    public CapturedGraph capture(Runnable work) {
        return queue.capture(work);
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
