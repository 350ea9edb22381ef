package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.KernelSource;
import io.residual.cuda.device.Kernels;
import io.residual.program.Window.Axis;
import java.util.function.Function;

/**
 * A convolution by a kernel of this program whose window has one column, as a network's first one has whose input was widened,
 * or the gradient of its weights.
 */
final class NarrowConvolution implements Algorithm {
    /** Names it among the algorithms of its shape. */
    static final String TAG = Tiling.VERSION + " narrow";

    private static final int MAX_OUTPUTS = 64;
    /** Of 8 numbers of a window. */
    private static final int MAX_CHUNKS = 8;

    private static final int WARP = 32;
    /** As in convolution-narrow.cu. */
    private static final int WARPS = 8;

    private static final int POSITIONS = 16;
    /** That add the sums of blocks. */
    private static final int ADDING_WARPS = 16;

    private static final Axis COLUMN = new Axis(1, 1, 1, 0, 0);

    private final ConvolutionShape shape;
    private final Pass pass;
    private final Kernels kernels;
    private final int positions;
    private final int blocks;

    /**
     * Compiles one for a shape that suits.
     *
     * @throws io.residual.cuda.device.CudaException if the compiler does not take it
     */
    NarrowConvolution(ConvolutionShape shape, Pass pass, int multiprocessors, Function<String, Kernels> compiler) {
        this.shape = shape;
        this.pass = pass;
        this.kernels = compiler.apply(source(shape));
        this.positions = shape.images() * shape.out().positions();
        int all = (positions + POSITIONS * WARPS - 1) / (POSITIONS * WARPS);
        this.blocks = Math.min(all, (pass == Pass.FORWARD ? 8 : 2) * multiprocessors);
        kernels.get(pass == Pass.FORWARD ? "convolve_narrow" : "sum_narrow");
    }

    /** Whether there is one, if tensor cores know the format. */
    static boolean suits(ConvolutionShape shape, Pass pass, Format format) {
        Axis rows = shape.window().rows();
        return format == Format.BF16
                && pass != Pass.BACKWARD_DATA
                && shape.window().columns().equals(COLUMN)
                && shape.in().width() == shape.out().width()
                && rows.dilation() == 1
                && shape.in().channels() % 8 == 0
                && rows.size() * shape.in().channels() / 8 <= MAX_CHUNKS
                && shape.out().channels() % 16 == 0
                && shape.out().channels() <= MAX_OUTPUTS
                && (long) shape.images()
                                * Math.max(shape.in().size(), shape.out().size())
                        < 1 << 30;
    }

    /** Of both passes. */
    static String source(ConvolutionShape shape) {
        Axis rows = shape.window().rows();
        return "#define CHANNELS " + shape.in().channels() + "\n#define OUTPUTS "
                + shape.out().channels() + "\n#define ROWS " + rows.size() + "\n#define STRIDE " + rows.stride()
                + "\n#define BEFORE " + rows.before() + "\n#define IN_HEIGHT "
                + shape.in().height()
                + "\n#define HEIGHT " + shape.out().height() + "\n#define WIDTH "
                + shape.out().width() + "\n"
                + KernelSource.of("matrices.cu", "convolution-narrow.cu", "convolution-sums.cu");
    }

    @Override
    public String tag() {
        return TAG;
    }

    @Override
    public String notes() {
        return "";
    }

    @Override
    public long workspace() {
        return pass == Pass.FORWARD ? 0 : Float.BYTES * shape.weights() * blocks;
    }

    @Override
    public void run(long in, long weights, long out, long scratch) {
        if (pass == Pass.FORWARD) {
            kernels.get("convolve_narrow").launch(blocks, 1, WARP * WARPS, in, weights, out, positions);
        } else {
            int outputs = shape.out().channels();
            kernels.get("sum_narrow").launch(blocks, outputs / 16, WARP * WARPS, in, out, scratch, positions);
            int adding = Math.toIntExact(shape.weights() / WARP);
            kernels.get("add_sums").launch(adding, 1, WARP * ADDING_WARPS, scratch, weights, blocks);
        }
    }

    @Override
    public void close() {
        // Its code stays loaded until the context ends.
    }
}
