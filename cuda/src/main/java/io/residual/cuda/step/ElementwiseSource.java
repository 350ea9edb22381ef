package io.residual.cuda.step;

import io.residual.program.Operation.Normalize;
import io.residual.program.plan.Area;
import io.residual.program.plan.Planner.Pass;
import io.residual.program.plan.Task;
import io.residual.program.plan.Task.GradientSums;
import io.residual.program.plan.Task.Load;
import io.residual.program.plan.Task.Statistics;
import io.residual.program.plan.Task.Store;
import io.residual.program.plan.Task.Tile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * CUDA C for a chain of elementwise operations: one pass over rows of channels. Its arguments are the areas, the {@code
 * Normalization}s, the number of rows, of channels and of lanes.
 */
final class ElementwiseSource {
    private final List<Tile> tiles;
    private final int width;
    private final Pass pass;
    private final List<Area> areas = new ArrayList<>();
    private final TileText text;

    /**
     * @param width how many channels a thread has: those of 16 bytes, or 1
     * @param pass in training, batch norms gather statistics; in inference, they have them in their coefficients already
     */
    ElementwiseSource(Task.Elementwise task, int width, Pass pass) {
        this.tiles = task.operations();
        this.width = width;
        this.pass = pass;
        this.text = new TileText(tiles, width);
        for (Tile tile : tiles) {
            if (tile instanceof Load load) {
                areas.add(load.from());
            } else if (tile instanceof Store store) {
                areas.add(store.to());
            }
        }
        write();
    }

    /** In the order of the arguments; one that is read and written comes twice. */
    List<Area> areas() {
        return areas;
    }

    List<Normalize> normalizations() {
        return text.normalizations();
    }

    /** Whether blocks add up anything. */
    boolean addsUp() {
        return tiles.stream().anyMatch(this::isSink);
    }

    /** Whether it does anything at all. */
    boolean isEmpty() {
        return tiles.stream().noneMatch(tile -> tile instanceof Store || isSink(tile));
    }

    private boolean isSink(Tile tile) {
        return pass == Pass.TRAINING && isSum(tile);
    }

    /** Whether a tile adds up numbers of the batch. */
    static boolean isSum(Tile tile) {
        return tile instanceof Statistics || tile instanceof GradientSums;
    }

    /** The body and arguments of the kernel, without its name: equal ones can share a kernel. */
    String text() {
        return text.toString();
    }

    private void write() {
        arguments();
        text.line("int lane = (int) threadIdx.x % lanes;");
        text.line("int first = ((int) blockIdx.y * lanes + lane) * " + width + ";");
        text.coefficients(tiles);
        if (addsUp()) {
            text.line("__shared__ Sums<" + width + "> shared;");
            beginSinks();
        }
        text.line("int rowsHere = (int) blockDim.x / lanes;");
        text.line("for (long long row = (long long) blockIdx.x * rowsHere + (int) threadIdx.x / lanes; row < rows;"
                + " row += (long long) gridDim.x * rowsHere) {");
        text.line("long long at = row * channels + first;");
        tiles.forEach(this::operation);
        text.line("}");
        endSinks();
        text.line("}");
    }

    private void arguments() {
        Set<Area> once = new HashSet<>();
        boolean restrict = areas.stream().allMatch(once::add);
        text.line("(");
        int index = 0;
        for (Tile tile : tiles) {
            if (tile instanceof Load || tile instanceof Store) {
                text.line((tile instanceof Load ? "const NUMBER* " : "NUMBER* ") + (restrict ? "__restrict__ a" : "a")
                        + index++ + ",");
            }
        }
        for (int i = 0; i < normalizations().size(); i++) {
            text.line("const Normalization* n" + i + ",");
        }
        text.line("int rows, int channels, int lanes) {");
    }

    private List<Tile> sinks() {
        return tiles.stream().filter(this::isSink).toList();
    }

    private void beginSinks() {
        List<Tile> sinks = sinks();
        for (int sink = 0; sink < sinks.size(); sink++) {
            int index = text.index(sinks.get(sink));
            boolean statistics = sinks.get(sink) instanceof Statistics;
            text.line("Ahead h" + sink + " = "
                    + (statistics ? "statistics_ahead(" : "sums_ahead(channels, ")
                    + "finished_channel<" + width + ">(lanes), n" + index + ");");
            text.line("float s" + sink + "[" + width + "] = {};");
            text.line("float t" + sink + "[" + width + "] = {};");
            if (sinks.get(sink) instanceof Statistics each) {
                pivots(sink, each);
            }
        }
    }

    private void endSinks() {
        List<Tile> sinks = sinks();
        for (int sink = 0; sink < sinks.size(); sink++) {
            String pivots = sinks.get(sink) instanceof Statistics
                    ? "statistics<" + width + ">(&shared, p" + sink + ", "
                    : "sums<" + width + ">(&shared, ";
            text.line("finish_" + pivots + "s" + sink + ", t" + sink + ", lanes, channels, n"
                    + text.index(sinks.get(sink)) + ", h" + sink + ");");
        }
    }

    /** The first row of all, from which deviations are small. */
    private void pivots(int sink, Statistics statistics) {
        text.line("float p" + sink + "[" + width + "];");
        text.line("{");
        text.line("long long at = first;");
        for (Tile tile : tiles.subList(0, tiles.indexOf(statistics))) {
            if (!(tile instanceof Store) && !isSink(tile)) {
                operation(tile);
            }
        }
        text.each("p" + sink + "[w] = r" + statistics.from() + "[w];");
        text.line("}");
    }

    private void operation(Tile tile) {
        if (tile instanceof Load load) {
            text.register(load.to());
            text.line("load<" + width + ">(a" + position(tile) + " + at, r" + load.to() + ");");
        } else if (tile instanceof Store store) {
            text.line("store<" + width + ">(a" + position(tile) + " + at, r" + store.from() + ");");
        } else if (isSink(tile)) {
            int sink = sinks().indexOf(tile);
            text.sink(tile, "s" + sink + "[w]", "t" + sink + "[w]", "p" + sink);
        } else {
            text.arithmetic(tile);
        }
    }

    private int position(Tile tile) {
        int position = 0;
        for (Tile other : tiles) {
            if (other == tile) {
                return position;
            }
            position += other instanceof Load || other instanceof Store ? 1 : 0;
        }
        throw new IllegalArgumentException("not a tile of this task");
    }
}
