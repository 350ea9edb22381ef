package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernels;
import io.residual.program.Operation.Normalize;
import io.residual.program.Program.Value;
import io.residual.program.plan.Area;
import io.residual.program.plan.Planner.Pass;
import io.residual.program.plan.Task;
import io.residual.program.plan.Task.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Kernels for chains of elementwise operations: gathered first, then compiled beside each other. */
final class Chains {
    /** Bytes that stay in a GPU's second-level cache: reading them takes less time than waiting for others. */
    static final long SMALL = 8 << 20;

    /** As in elementwise.cu. */
    private static final int MAX_THREADS = 512;

    /** Channels that the threads of a block have together. */
    private static final int SLICE = 64;

    /** Resident blocks of a multiprocessor that hide each other's waits. */
    private static final int BLOCKS = 2;

    /** As in elementwise.cu. */
    private static final int READ_TOGETHER = 16;

    /** Registers for what a thread keeps while it waits for other blocks, of four bytes each. */
    private static final int MAX_KEPT = 64;

    private static final String KERNEL = "chain";

    private final Device device;
    private final Format format;
    private final int images;
    private final Map<String, String> names = new LinkedHashMap<>();

    Chains(Device device, Format format, int images) {
        this.device = device;
        this.format = format;
        this.images = images;
    }

    /** At most so many blocks add up the rows of a slice of channels. */
    static int mostBlocks(Device device) {
        return BLOCKS * device.multiprocessors();
    }

    /** A kernel that will be compiled. */
    record Chain(String name, Given given, Grid grid) {}

    /**
     * What it is given.
     *
     * @param sink of which blocks exchange sums, so that they run all at once; null if they do not wait for each other
     */
    record Given(List<Area> areas, @Nullable Tile sink, List<Normalize> normalizations) {}

    /**
     * How its threads divide the numbers.
     *
     * @param lanes threads that have the channels of a block's rows
     */
    record Grid(int rows, int channels, int lanes, int slices, int blocks) {
        int threads() {
            return MAX_THREADS / lanes * lanes;
        }
    }

    /** A kernel for a chain; none if it does nothing. */
    Optional<Chain> add(Task.Elementwise task, Pass pass) {
        Value shape = task.shape();
        int wide = 16 / format.bytes();
        int width = shape.channels() % wide == 0 ? wide : 1;
        ElementwiseSource source = new ElementwiseSource(task, width, pass);
        if (source.isEmpty()) {
            return Optional.empty();
        }
        int vectors = shape.channels() / width;
        int lanes = Math.min(vectors, SLICE / width);
        while (vectors % lanes != 0) {
            lanes--;
        }
        int slices = vectors / lanes;
        int rows = Math.multiplyExact(images, shape.positions());
        int rowsOfBlock = MAX_THREADS / lanes;
        int most = Math.max(1, mostBlocks(device) / slices);
        if (!source.addsUp()) {
            most *= 2;
        } else if ((long) rows * shape.channels() * format.bytes() <= SMALL) {
            // The last block reads the sums of all in one go: each of its threads so many.
            most = Math.min(most, READ_TOGETHER * Math.max(1, MAX_THREADS / (2 * width * lanes)));
        }
        int blocks = Math.max(1, Math.min((rows + rowsOfBlock - 1) / rowsOfBlock, most));
        return Optional.of(new Chain(
                name(source.text()),
                new Given(source.areas(), null, source.normalizations()),
                new Grid(rows, shape.channels(), lanes, slices, blocks)));
    }

    /** One kernel for a chain that adds up and one that uses the sums; none if a GPU cannot keep what it reads in between. */
    Optional<Chain> add(Task.Elementwise first, Task.Elementwise second) {
        Value shape = first.shape();
        int width = 16 / format.bytes();
        int lanes = JointSource.SLICE / width;
        int slices = shape.channels() / JointSource.SLICE;
        int rows = Math.multiplyExact(images, shape.positions());
        int rowsOfBlock = MAX_THREADS / lanes;
        int most = device.blocksTogether() / slices;
        if (most == 0) {
            return Optional.empty();
        }
        int items = (rows + most * rowsOfBlock - 1) / (most * rowsOfBlock);
        int kept = items * JointSource.loads(first, second).size() * 16 / Float.BYTES;
        if (kept > MAX_KEPT) {
            return Optional.empty();
        }
        JointSource source = new JointSource(first, second, width, items);
        int blocks = (rows + items * rowsOfBlock - 1) / (items * rowsOfBlock);
        return Optional.of(new Chain(
                name(source.text()),
                new Given(source.areas(), source.sink(), source.normalizations()),
                new Grid(rows, shape.channels(), lanes, slices, blocks)));
    }

    private String name(String text) {
        return names.computeIfAbsent(text, key -> "chain" + names.size());
    }

    /** Begins to compile all, each for itself: they take long, and a machine has several processors. */
    Map<String, Kernels> compile() {
        String shared = Sources.of(format, "prelude.cu", "elementwise.cu", "joint.cu")
                + "extern \"C\" __global__ void __launch_bounds__(" + MAX_THREADS + ") " + KERNEL;
        Map<String, Kernels> compiled = new HashMap<>();
        names.forEach((body, name) -> compiled.put(name, device.compile(shared + body)));
        return compiled;
    }

    /** Queues a chain. */
    static void launch(Chain chain, Kernels compiled, ToLongFunction<Area> addresses, Normalizations normalizations) {
        Given given = chain.given();
        Grid grid = chain.grid();
        List<Object> arguments = new ArrayList<>();
        given.areas().forEach(area -> arguments.add(addresses.applyAsLong(area)));
        if (given.sink() != null) {
            arguments.add(normalizations.exchanged(given.sink()));
        }
        given.normalizations().forEach(each -> arguments.add(normalizations.struct(each)));
        arguments.add(grid.rows());
        arguments.add(grid.channels());
        if (given.sink() == null) {
            arguments.add(grid.lanes());
        }
        (given.sink() == null ? compiled.get(KERNEL) : compiled.together(KERNEL))
                .launch(grid.blocks(), grid.slices(), grid.threads(), arguments.toArray());
    }
}
