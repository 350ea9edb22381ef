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
 * How a convolution of 3 x 3 taps, stride 1, padding 1 and few channels, or its backward pass, is divided among blocks and
 * warps of {@code convolution.cu} and what is behind it.
 *
 * @param stack rows of the output that a warp has, of 16 columns
 * @param groups stacks in a block, below one another
 * @param images in a block; more than one only if the block has all rows of them
 * @param tiles outputs of a warp, divided by 8
 * @param parts warps that divide the outputs of a block
 * @param turns how many bands of rows or images a block takes one after the other; one but for the gradient of weights
 */
record Tiling(ConvolutionShape shape, Pass pass, int stack, int groups, int images, int tiles, int parts, int turns) {
    /** To be changed with what kernels compute. */
    static final String VERSION = "own 1";

    private static final int MAX_CHANNELS = 64;
    private static final int MAX_STACK = 8;
    private static final int MAX_IMAGES = 16;
    private static final int MAX_SUMS = 96;
    private static final int MAX_THREADS = 512;
    private static final int MAX_TURNS = 64;
    /** Of a warp that sums for 16 x 16 weights of 3 x 3 taps. */
    private static final int WEIGHTS_BYTES = 4 * 9 * 16 * 16;

    private static final double BYTES_PER_CYCLE = 24;
    private static final double LATENCY = 1000;
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
                && (long) shape.images()
                                * Math.max(shape.in().size(), shape.out().size())
                        < 1 << 30;
    }

    /** All for a shape that suits, the likely fastest first. */
    static List<Tiling> all(ConvolutionShape shape, Pass pass, int multiprocessors) {
        List<Tiling> all = new ArrayList<>();
        int height = shape.in().height();
        for (int stack = 1; stack <= Math.min(MAX_STACK, height); stack++) {
            int most = (height + stack - 1) / stack;
            for (int groups = 1; groups <= most; groups++) {
                for (int images = 1; images <= (groups < most ? 1 : MAX_IMAGES); images++) {
                    Tiling band = new Tiling(shape, pass, stack, groups, images, 2, 1, 1);
                    all.addAll(pass == Pass.BACKWARD_WEIGHTS ? band.withTurns() : band.withOutputs());
                }
            }
        }
        all.removeIf(each -> !each.fits());
        all.sort(Comparator.comparingDouble(each -> each.cycles(multiprocessors)));
        return all;
    }

    /** The same of a shape that differs in the number of images. */
    Tiling withShape(ConvolutionShape other) {
        return new Tiling(other, pass, stack, groups, images, tiles, parts, turns);
    }

    /** Names it among those of its shape. */
    String tag() {
        return VERSION + " stack " + stack + " groups " + groups + " images " + images + " tiles " + tiles + " parts "
                + parts + " turns " + turns;
    }

    /** What is to be defined before the source. */
    String definitions() {
        return "#define CHANNELS " + channels() + "\n#define OUTPUTS " + outputs() + "\n#define HEIGHT " + height()
                + "\n#define WIDTH " + width() + "\n#define GRADIENT " + (pass == Pass.BACKWARD_DATA ? 1 : 0)
                + "\n#define STACK " + stack + "\n#define GROUPS " + groups + "\n#define IMAGES " + images
                + "\n#define TILES " + tiles + "\n#define PARTS " + parts + "\n#define THREADS " + threads()
                + "\n#define SHARED_CHANNELS " + sharedChannels() + "\n";
    }

    /** How many bands of rows or images there are. */
    int bands() {
        return (shape.images() + images - 1) / images * ((height() + stack * groups - 1) / (stack * groups));
    }

    /** Blocks that divide the bands. */
    int blocks() {
        return (bands() + turns - 1) / turns;
    }

    /** Blocks that divide channels and outputs. */
    int channelBlocks() {
        return outputs() / blockOutputs() * (channels() / sharedChannels());
    }

    /** Of a block. */
    int threads() {
        return 32 * columnTiles() * parts;
    }

    private List<Tiling> withTurns() {
        List<Tiling> all = new ArrayList<>();
        for (int more = 1; more <= Math.min(MAX_TURNS, bands()); more *= 2) {
            all.add(new Tiling(shape, pass, stack, groups, images, tiles, parts, more));
        }
        return all;
    }

    private List<Tiling> withOutputs() {
        List<Tiling> all = new ArrayList<>();
        for (int more = 1; more <= 4; more++) {
            all.add(new Tiling(shape, pass, stack, groups, images, 2, more, turns));
            all.add(new Tiling(shape, pass, stack, groups, images, 4, more, turns));
        }
        return all;
    }

    private static boolean few(int channels) {
        return channels % 16 == 0 && channels <= MAX_CHANNELS;
    }

    private boolean fits() {
        return outputs() % blockOutputs() == 0
                && stack * tiles * 4 <= MAX_SUMS
                && threads() <= MAX_THREADS
                && threads() * registers() <= REGISTERS
                && sharedBytes() <= SHARED_BYTES;
    }

    private int sharedBytes() {
        int pixels = (images * (stack * groups + 1) + 1) * (width() + 1) + 1;
        int pixelBytes = CHUNK_BYTES * (sharedChannels() / 8 + 1);
        if (pass == Pass.BACKWARD_WEIGHTS) {
            return Math.max((pixels + stack * 16 * columnTiles()) * pixelBytes, columnTiles() * WEIGHTS_BYTES);
        }
        boolean gradient = pass == Pass.BACKWARD_DATA;
        int filters = gradient ? channels() : blockOutputs();
        int filterChunks = 9 * (gradient ? blockOutputs() : channels()) / 8 + 1;
        return pixels * pixelBytes + CHUNK_BYTES * filters * filterChunks;
    }

    /**
     * An estimate of how long a multiprocessor is busy: what its blocks copy, the larger of what they read of shared memory (4
     * cycles for 512 bytes) and multiply (2 cycles for 16 x 8 x 16 numbers), and the time until the first copy arrives, for as
     * many rounds as there are.
     */
    private double cycles(int multiprocessors) {
        boolean ofWeights = pass == Pass.BACKWARD_WEIGHTS;
        int warps = threads() / 32;
        double perWarp = ofWeights ? 1 : sharedChannels() / 16.0 * 3;
        double loads = 4 * warps * perWarp * (ofWeights ? 4 * stack + 6 : 3 * tiles / 2.0 + stack + 2);
        double products = 2 * warps * perWarp * (ofWeights ? 9 : 3) * stack * tiles;
        int rows = images * stack * groups;
        double bytes = 2.0 * width() * ((rows + 2 * images) * sharedChannels() + rows * blockOutputs());
        double more = ofWeights ? WEIGHTS_BYTES : 18.0 * channels() * blockOutputs();
        int blocks = (blocks() * channelBlocks() + multiprocessors - 1) / multiprocessors;
        int room = Math.min(MULTIPROCESSOR_BYTES / sharedBytes(), REGISTERS / (threads() * registers()));
        int together = Math.min(blocks, room);
        // Few warps wait for their own results.
        double waiting = 1 + 4.0 / (together * warps);
        double turn = bytes / BYTES_PER_CYCLE + Math.max(loads, products) * waiting;
        int rounds = (blocks + together - 1) / together;
        double sums = ofWeights ? blocks() * 4.0 * shape.weights() / multiprocessors / BYTES_PER_CYCLE : 0;
        return blocks * (turns * turn + more / BYTES_PER_CYCLE) + LATENCY * turns * rounds + sums;
    }

    /** Of a thread, about. */
    private int registers() {
        return pass == Pass.BACKWARD_WEIGHTS ? 120 + 8 * stack : 40 + 4 * stack * tiles;
    }

    /** Of a block. */
    private int sharedChannels() {
        return pass == Pass.BACKWARD_WEIGHTS ? 16 : channels();
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
