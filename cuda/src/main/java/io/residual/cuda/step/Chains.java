package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.Kernels;
import io.residual.program.Program.Value;
import io.residual.program.plan.Area;
import io.residual.program.plan.Planner.Pass;
import io.residual.program.plan.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Kernels for chains of elementwise operations: gathered first, then compiled together. */
final class Chains {
    /** As in elementwise.cu. */
    private static final int MAX_THREADS = 512;

    /** Channels that the threads of a block have together. */
    private static final int SLICE = 64;

    /** Resident blocks of a multiprocessor that hide each other's waits. */
    private static final int BLOCKS = 2;

    /** Bytes that stay in a GPU's second-level cache: reading them takes less time than waiting for others. */
    private static final long SMALL = 8 << 20;

    /** As in elementwise.cu. */
    private static final int READ_TOGETHER = 16;

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

    /**
     * A kernel that will be compiled, and how its threads divide the numbers.
     *
     * @param lanes threads that have the channels of a block's rows
     */
    record Chain(String name, ElementwiseSource source, int rows, int channels, int lanes, int slices, int blocks) {
        int threads() {
            return MAX_THREADS / lanes * lanes;
        }
    }

    Chain add(Task.Elementwise task, Pass pass) {
        Value shape = task.shape();
        int wide = 16 / format.bytes();
        int width = shape.channels() % wide == 0 ? wide : 1;
        ElementwiseSource source = new ElementwiseSource(task, width, pass);
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
        String name = names.computeIfAbsent(source.text(), text -> "chain" + names.size());
        return new Chain(name, source, rows, shape.channels(), lanes, slices, blocks);
    }

    Kernels compile() {
        StringBuilder text = new StringBuilder(Sources.of(format, "prelude.cu", "elementwise.cu"));
        names.forEach((body, name) -> text.append("extern \"C\" __global__ void __launch_bounds__(")
                .append(MAX_THREADS)
                .append(") ")
                .append(name)
                .append(body));
        return device.compile(text.toString());
    }

    /** Queues a chain. */
    static void launch(Chain chain, Kernels kernels, ToLongFunction<Area> addresses, Normalizations normalizations) {
        List<Object> arguments = new ArrayList<>();
        chain.source().areas().forEach(area -> arguments.add(addresses.applyAsLong(area)));
        chain.source().normalizations().forEach(each -> arguments.add(normalizations.struct(each)));
        arguments.add(chain.rows());
        arguments.add(chain.channels());
        arguments.add(chain.lanes());
        kernels.get(chain.name()).launch(chain.blocks(), chain.slices(), chain.threads(), arguments.toArray());
    }
}
