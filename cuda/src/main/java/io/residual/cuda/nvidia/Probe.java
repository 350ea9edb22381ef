package io.residual.cuda.nvidia;

import io.residual.cuda.device.CapturedGraph;
import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernel;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.Window.Axis;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Locale;

/** Tries the parts of a GPU one by one, as the first thing on a new machine. Argument: a cache directory. */
final class Probe {
    private static final String SOURCE =
            "extern \"C\" __global__ void add(const float* a, const float* b, float* c, float f, int n)"
                    + " { int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) c[i] = a[i] + f * b[i]; }";

    /** Exit status: no GPU that can be used, or a library is missing. */
    private static final int IMPOSSIBLE = 3;

    private Probe() {}

    public static void main(String[] arguments) {
        try {
            System.out.println(Installation.find());
            try (Gpu gpu = Gpu.open(0, Path.of(arguments[0]), Determinism.DETERMINISTIC)) {
                run(gpu);
            }
        } catch (CudaException e) {
            System.out.println("probe: " + e.getMessage());
            System.exit(IMPOSSIBLE);
        }
    }

    private static void run(Gpu gpu) {
        System.out.println(
                gpu.name() + ", " + gpu.multiprocessors() + " SMs, " + gpu.freeBytes() + " free, " + gpu.libraries());
        step("kernel", () -> kernel(gpu));
        step("graph with side", () -> graph(gpu));
        Value in = new Value("", 8, 9, 7);
        Window window = new Window(new Axis(3, 2, 1, 1, 1), new Axis(3, 1, 1, 1, 1));
        ConvolutionShape shape = new ConvolutionShape(4, in, new Value("", 16, 5, 7), window);
        for (Format format : Format.values()) {
            for (Pass pass : Pass.values()) {
                step(format + " " + pass, () -> ProbedConvolution.run(gpu, shape, pass, format));
            }
        }
    }

    private static void step(String name, Runnable work) {
        long start = System.nanoTime();
        try {
            work.run();
            System.out.printf(Locale.ROOT, "PASS %s (%.3f s)%n", name, (System.nanoTime() - start) / 1e9);
        } catch (CudaException | IllegalStateException failure) {
            System.out.println("FAIL " + name + ": " + failure.getMessage());
        } catch (RuntimeException | LinkageError failure) {
            System.out.println("FAIL " + name);
            failure.printStackTrace(System.out);
        }
    }

    private static void kernel(Gpu gpu) {
        Kernel add = gpu.compile(SOURCE).get("add");
        ByteBuffer host = ByteBuffer.allocateDirect(3000).order(ByteOrder.nativeOrder());
        host.asFloatBuffer().put(0, 1.5f).put(749, -2);
        long a = gpu.allocate(3000);
        gpu.upload(host, a);
        add.launch(3, 1, 256, a, a, a, 2f, 750);
        gpu.download(a, host);
        expect(host.getFloat(0), 4.5f);
        expect(host.getFloat(2996), -6);
        gpu.free(a);
    }

    private static void graph(Gpu gpu) {
        Kernel add = gpu.compile(SOURCE).get("add");
        long a = gpu.allocate(12);
        ByteBuffer host = ByteBuffer.allocateDirect(12)
                .order(ByteOrder.nativeOrder())
                .putFloat(1)
                .putFloat(2)
                .putFloat(3)
                .flip();
        gpu.upload(host, a);
        try (CapturedGraph graph = gpu.capture(() -> {
            gpu.beginSide();
            add.launch(1, 1, 1, a + 4, a + 8, a + 4, 1f, 1); // a1 += a2
            gpu.endSide();
            add.launch(1, 1, 1, a, a + 8, a, 1f, 1); // a0 += a2
            gpu.joinSide();
            add.launch(1, 1, 1, a, a + 4, a, 1f, 1); // a0 += a1
        })) {
            graph.launch();
            graph.launch();
        }
        gpu.download(a, host);
        expect(host.getFloat(0), 20); // 1 + 3 + 5 = 9, 9 + 3 + 8
        gpu.free(a);
    }

    static void expect(float value, float expected) {
        if (!(Math.abs(value - expected) <= 1e-6)) {
            throw new IllegalStateException(value + " instead of " + expected);
        }
    }
}
