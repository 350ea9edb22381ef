package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.Kernel;
import io.residual.cuda.device.Kernels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** A convolution by a kernel of this program. */
final class OwnConvolution implements Algorithm {
    private final Tiling tiling;
    private final Kernel kernel;

    /** Compiles it. */
    OwnConvolution(Tiling tiling, Function<String, Kernels> compiler) {
        this.tiling = tiling;
        kernel = compiler.apply(source(tiling)).get("convolve");
    }

    /** What is compiled. */
    static String source(Tiling tiling) {
        return tiling.definitions() + read("matrices.cu") + read("convolution.cu");
    }

    @Override
    public String tag() {
        return tiling.tag();
    }

    @Override
    public String notes() {
        return "";
    }

    @Override
    public long workspace() {
        return 0;
    }

    @Override
    public void run(long in, long weights, long out, long scratch) {
        boolean forward = tiling.pass() == Pass.FORWARD;
        kernel.launch(
                tiling.blocks(),
                tiling.outputBlocks(),
                tiling.threads(),
                forward ? in : out,
                weights,
                forward ? out : in,
                tiling.shape().images());
    }

    @Override
    public void close() {
        // Its code stays loaded until the context ends.
    }

    private static String read(String file) {
        String resource = "/io/residual/cuda/" + file;
        try (InputStream in = OwnConvolution.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }
}
