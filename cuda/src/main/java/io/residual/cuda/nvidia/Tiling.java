package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;
import io.residual.program.Window;
import io.residual.program.Window.Axis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How a convolution of 3 x 3 taps, stride 1, padding 1 and few channels is divided among blocks and warps of
 * {@code convolution.cu}, or how its backward pass for the input is, which is such a convolution as well.
 *
 * @param stack rows of the output that a warp computes, of 16 columns
 * @param groups stacks in a block, below one another
 * @param images in a block; more than one only if the block has all rows of them
 * @param tiles outputs of a warp, divided by 8
 * @param parts warps that divide the outputs of a block
 */
record Tiling(ConvolutionShape shape, Pass pass, int stack, int groups, int images, int tiles, int parts) {
    private static final int MOST_CHANNELS = 64;
    private static final int MOST_STACK = 8;
    private static final int MOST_IMAGES = 16;
    private static final int MOST_SUMS = 96;
    private static final int MOST_THREADS = 512;
    private static final int SHARED_BYTES = 48 << 10;
    private static final int MULTIPROCESSOR_BYTES = 96 << 10;
    private static final int REGISTERS = 1 << 16;
    private static final int CHUNK_BYTES = 16;
    private static final Axis AXIS = new Axis(3, 1, 1, 1, 1);

    /** Whether convolutions of a shape can be divided in this way, if tensor cores know the format. */
    static boolean suits(ConvolutionShape shape, Format format) {
        return format == Format.BF16
                && shape.window().equals(new Window(AXIS, AXIS))
                && few(shape.in().channels())
                && few(shape.out().channels())
                && (long) shape.images() * Math.max(shape.in().size(), shape.out().size()) < 1 << 30;
    }

    /** All for a shape that suits, the likely fastest first. */
    static List<Tiling> all(ConvolutionShape shape, Pass pass, int multiprocessors) {
        List<Tiling> all = new ArrayList<>();
        int height = shape.in().height();
        for (int stack = 1; stack <= Math.min(MOST_STACK, height); stack++) {
            int most = (height + stack - 1) / stack;
            for (int groups = 1; groups <= most; groups++) {
                for (int images = 1; images <= (groups < most ? 1 : MOST_IMAGES); images++) {
                    for (int tiles = 2; tiles <= 4; tiles += 2) {
                        for (int parts = 1; parts <= 4; parts++) {
                            all.add(new Tiling(shape, pass, stack, groups, images, tiles, parts));
                        }
                    }
                }
            }
        }
        all.removeIf(each -> !each.fits());
        all.sort(Comparator.comparingDouble(each -> each.cycles(multiprocessors)));
        return all;
    }

    /** Names it among those of its shape. */
    String tag() {
        return "own 1 stack " + stack + " groups " + groups + " images " + images + " tiles " + tiles + " parts " + parts;
    }

    /** What is to be defined before the source. */
    String definitions() {
        return "#define CHANNELS " + channels() + "\n#define OUTPUTS " + outputs() + "\n#define HEIGHT " + height()
                + "\n#define WIDTH " + width() + "\n#define GRADIENT " + (pass == Pass.BACKWARD_DATA ? 1 : 0)
                + "\n#define STACK " + stack + "\n#define GROUPS " + groups + "\n#define IMAGES " + images
                + "\n#define TILES " + tiles + "\n#define PARTS " + parts + "\n";
    }

    /** Blocks that divide images and rows. */
    int blocks() {
        return (shape.images() + images - 1) / images * ((height() + stack * groups - 1) / (stack * groups));
    }

    /** Blocks that divide the outputs. */
    int outputBlocks() {
        return outputs() / blockOutputs();
    }

    /** Of a block. */
    int threads() {
        return 32 * columnTiles() * parts;
    }

    private static boolean few(int channels) {
        return channels % 16 == 0 && channels <= MOST_CHANNELS;
    }

    private boolean fits() {
        return outputs() % blockOutputs() == 0
                && stack * tiles * 4 <= MOST_SUMS
                && threads() <= MOST_THREADS
                && threads() * registers() <= REGISTERS
                && sharedBytes() <= SHARED_BYTES;
    }

    private int sharedBytes() {
        int pixels = (images * (stack * groups + 1) + 1) * (width() + 1) + 1;
        boolean gradient = pass == Pass.BACKWARD_DATA;
        int filters = gradient ? channels() : blockOutputs();
        int filterChunks = 9 * (gradient ? blockOutputs() : channels()) / 8 + 1;
        return CHUNK_BYTES * (pixels * (channels() / 8 + 1) + filters * filterChunks);
    }

    /**
     * An estimate of how long a multiprocessor is busy: what its blocks copy at 24 bytes a cycle, the larger of what they
     * read of shared memory (4 cycles for 512 bytes) and multiply (2 cycles for 16 x 8 x 16 numbers), and the time until the
     * first copy arrives, for as many rounds as there are.
     */
    private double cycles(int multiprocessors) {
        int warps = threads() / 32;
        double perWarp = channels() / 16.0 * 3;
        double loads = 4 * warps * perWarp * (3 * tiles / 2.0 + stack + 2);
        double products = 2 * warps * perWarp * 3 * stack * tiles;
        int rows = images * stack * groups;
        double bytes = 2.0 * width() * ((rows + 2 * images) * channels() + rows * blockOutputs())
                + 18.0 * channels() * blockOutputs();
        int blocks = (blocks() * outputBlocks() + multiprocessors - 1) / multiprocessors;
        int room = Math.min(MULTIPROCESSOR_BYTES / sharedBytes(), REGISTERS / (threads() * registers()));
        int together = Math.min(blocks, room);
        // Few warps wait for their own results.
        double waiting = 1 + 4.0 / (together * warps);
        return blocks * (bytes / 24 + Math.max(loads, products) * waiting) + 1000.0 * ((blocks + together - 1) / together);
    }

    /** Of a thread, about. */
    private int registers() {
        return 40 + 4 * stack * tiles;
    }

    private int columnTiles() {
        return (images * groups * width() + 15) / 16;
    }

    private int blockOutputs() {
        return 8 * tiles * parts;
    }

    private int channels() {
        return (pass == Pass.BACKWARD_DATA ? shape.out() : shape.in()).channels();
    }

    private int outputs() {
        return (pass == Pass.BACKWARD_DATA ? shape.in() : shape.out()).channels();
    }

    private int height() {
        return shape.in().height();
    }

    private int width() {
        return shape.in().width();
    }
}
