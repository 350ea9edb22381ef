package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.Kernel;
import io.residual.cuda.device.KernelSource;
import io.residual.cuda.device.Kernels;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A convolution by a kernel of this program. */
final class OwnConvolution implements Algorithm {
    private static final int WARP = 32;

    /** Where so many parts are added, more warps share them. */
    private static final int MANY_PARTS = 64;

    private final Tiling tiling;
    private final Kernel kernel;
    private final @Nullable Kernel addition;

    /**
     * Compiles it.
     *
     * @throws io.residual.cuda.device.CudaException if the compiler does not take it
     */
    OwnConvolution(Tiling tiling, Function<String, Kernels> compiler) {
        this.tiling = tiling;
        Kernels kernels = compiler.apply(source(tiling));
        boolean ofWeights = tiling.pass() == Pass.BACKWARD_WEIGHTS;
        kernel = kernels.get(ofWeights ? "sum_weights" : "convolve");
        addition = ofWeights ? kernels.get("add_sums") : null;
    }

    static String source(Tiling tiling) {
        return tiling.definitions()
                + (tiling.pass() == Pass.BACKWARD_WEIGHTS
                        ? KernelSource.of(
                                "matrices.cu", "convolution.cu", "convolution-weights.cu", "convolution-sums.cu")
                        : KernelSource.of("matrices.cu", "convolution.cu", "convolution-images.cu"));
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
        return addition == null ? 0 : Float.BYTES * tiling.shape().weights() * tiling.blocks();
    }

    @Override
    public void run(long in, long weights, long out, long scratch) {
        int images = tiling.shape().images();
        if (addition == null) {
            boolean forward = tiling.pass() == Pass.FORWARD;
            launch(forward ? in : out, weights, forward ? out : in, images);
        } else {
            launch(in, out, scratch, images, tiling.bands());
            int parts = tiling.blocks();
            int blocks = Math.toIntExact(tiling.shape().weights() / WARP);
            addition.launch(blocks, 1, WARP * (parts < MANY_PARTS ? 4 : 16), scratch, weights, parts);
        }
    }

    private void launch(Object... arguments) {
        kernel.launch(tiling.blocks(), tiling.channelBlocks(), tiling.threads(), arguments);
    }

    @Override
    public void close() {
        // Its code stays loaded until the context ends.
    }
}
