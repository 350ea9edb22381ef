package io.residual.cuda.step;

import io.residual.program.Operation.Normalize;
import io.residual.program.plan.Area;
import io.residual.program.plan.Task;
import io.residual.program.plan.Task.Load;
import io.residual.program.plan.Task.Normalized;
import io.residual.program.plan.Task.NormalizedGradient;
import io.residual.program.plan.Task.NormalizedRelu;
import io.residual.program.plan.Task.Statistics;
import io.residual.program.plan.Task.Store;
import io.residual.program.plan.Task.Tile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * CUDA C for two chains of elementwise operations of one shape, of which the second uses what the first adds up over the batch:
 * threads keep their rows in registers while all blocks wait for each other's sums. Its arguments are the areas, what blocks
 * exchange, the {@code Normalization}s, the number of rows and of channels.
 */
final class JointSource {
    /** As in joint.cu: channels of a block. */
    static final int SLICE = 16;

    private final List<Tile> first;
    private final List<Tile> second;
    private final Tile sink;
    private final int width;
    private final int items;
    private final List<Area> areas = new ArrayList<>();
    private final Set<Area> loaded = new LinkedHashSet<>();
    private final Set<Area> passed = new LinkedHashSet<>();
    private final TileText text;

    /**
     * Of two chains that suit.
     *
     * @param width how many channels a thread has: those of 16 bytes
     * @param items how many rows a thread has at most
     */
    JointSource(Task.Elementwise first, Task.Elementwise second, int width, int items) {
        this.first = first.operations();
        this.second = second.operations();
        this.sink =
                this.first.stream().filter(ElementwiseSource::isSum).findFirst().orElseThrow();
        this.width = width;
        this.items = items;
        List<Tile> all =
                Stream.concat(this.first.stream(), this.second.stream()).toList();
        this.text = new TileText(all, width);
        loaded.addAll(loads(first, second));
        for (Tile tile : all) {
            Area area = tile instanceof Load load ? load.from() : tile instanceof Store store ? store.to() : null;
            if (area != null && !areas.contains(area)) {
                areas.add(area);
            }
        }
        for (Tile tile : this.first) {
            if (tile instanceof Store store && isRead(store.to())) {
                passed.add(store.to());
            }
        }
        write();
    }

    private boolean isRead(Area area) {
        return second.stream().anyMatch(tile -> tile instanceof Load load && load.from() == area);
    }

    /** Whether the second of two chains of whole slices uses the only sum of the first, and has none of its own. */
    static boolean suits(Task.Elementwise first, Task.Elementwise second) {
        List<Tile> sinks =
                first.operations().stream().filter(ElementwiseSource::isSum).toList();
        return first.shape().channels() % SLICE == 0
                && first.shape().channels() == second.shape().channels()
                && first.shape().size() == second.shape().size()
                && sinks.size() == 1
                && second.operations().stream().noneMatch(ElementwiseSource::isSum)
                && second.operations().stream().anyMatch(tile -> uses(tile, sinks.get(0)));
    }

    private static boolean uses(Tile tile, Tile sink) {
        boolean kind = sink instanceof Statistics
                ? tile instanceof Normalized || tile instanceof NormalizedRelu
                : tile instanceof NormalizedGradient;
        return kind && TileText.normalizationOf(tile).equals(TileText.normalizationOf(sink));
    }

    /** What two chains read from memory: what the first one writes stays in registers. */
    static Set<Area> loads(Task.Elementwise first, Task.Elementwise second) {
        Set<Area> written = new LinkedHashSet<>();
        Set<Area> loads = new LinkedHashSet<>();
        for (Tile tile : first.operations()) {
            if (tile instanceof Store store) {
                written.add(store.to());
            } else if (tile instanceof Load load) {
                loads.add(load.from());
            }
        }
        for (Tile tile : second.operations()) {
            if (tile instanceof Load load && !written.contains(load.from())) {
                loads.add(load.from());
            }
        }
        return loads;
    }

    /** In the order of the arguments. */
    List<Area> areas() {
        return areas;
    }

    List<Normalize> normalizations() {
        return text.normalizations();
    }

    /** What is added up. */
    Tile sink() {
        return sink;
    }

    /** The body and arguments of the kernel, without its name: equal ones can share a kernel. */
    String text() {
        return text.toString();
    }

    private void write() {
        arguments();
        text.line("__shared__ Joint shared;");
        text.line("int lane = (int) threadIdx.x % (SLICE / " + width + ");");
        text.line("int first = (int) blockIdx.y * SLICE + lane * " + width + ";");
        text.line("unsigned long long mark = mark_of_launch(words);");
        load();
        text.coefficients(first);
        second.forEach(this::knownCoefficients);
        int n = text.index(sink);
        boolean statistics = sink instanceof Statistics;
        if (sink instanceof Statistics each) {
            pivots(each);
        }
        text.line("float sums[" + 2 * width + "] = {};");
        rows(first);
        text.line("post_sums<" + width + ">(&shared, sums, words, mark);");
        text.line("Ahead ahead = " + (statistics ? "statistics_ahead(" : "sums_ahead(channels, ") + "channel_of<"
                + width + ">(), n" + n + ");");
        text.line("double total = collect_sums(&shared, words, mark);");
        text.line(
                statistics
                        ? "use_statistics(&shared, total, channels, n" + n + ", ahead);"
                        : "use_sums(&shared, total, channels, n" + n + ", ahead);");
        List<String> names = statistics ? List.of("mean", "scale", "shift") : List.of("average", "slope");
        for (String name : names) {
            text.coefficient(n, name, "shared.coefficients[" + names.indexOf(name) + "][lane * " + width + " + w]");
        }
        rows(second);
        text.line("}");
    }

    private void arguments() {
        text.line("(");
        for (int i = 0; i < areas.size(); i++) {
            text.line("NUMBER* a" + i + ",");
        }
        text.line("unsigned long long* words,");
        for (int i = 0; i < normalizations().size(); i++) {
            text.line("const Normalization* n" + i + ",");
        }
        text.line("int rows, int channels) {");
    }

    /** All rows at once, so that their times of waiting are one. */
    private void load() {
        Set<Area> kept = new LinkedHashSet<>(loaded);
        kept.addAll(passed);
        kept.forEach(area -> text.line("Four q" + areas.indexOf(area) + "[" + items + "];"));
        beginRows();
        for (Area area : loaded) {
            int index = areas.indexOf(area);
            text.line("q" + index + "[i] = *(const Four*) (a" + index + " + at);");
        }
        endRows();
    }

    private void beginRows() {
        text.line("#pragma unroll");
        text.line("for (int i = 0; i < " + items + "; i++) {");
        text.line("int row = row_of<" + width + ">(i);");
        text.line("if (row < rows) {");
        text.line("int at = row * channels + first;");
    }

    private void endRows() {
        text.line("}");
        text.line("}");
    }

    /** Of the second chain, but for what is not known yet. */
    private void knownCoefficients(Tile tile) {
        if (!uses(tile, sink)) {
            text.coefficients(List.of(tile));
        } else if (tile instanceof NormalizedGradient) {
            text.coefficient(tile, "mean", 0);
            text.coefficient(tile, "scale", 1);
        }
    }

    /** The first row of all, from which deviations are small. */
    private void pivots(Statistics statistics) {
        text.line("float pivots[" + width + "];");
        text.line("{");
        for (Tile tile : first.subList(0, first.indexOf(statistics))) {
            if (tile instanceof Load load) {
                text.register(load.to());
                text.line("load<" + width + ">(a" + areas.indexOf(load.from()) + " + first, r" + load.to() + ");");
            } else {
                text.arithmetic(tile);
            }
        }
        text.each("pivots[w] = r" + statistics.from() + "[w];");
        text.line("}");
        text.line("keep_pivots<" + width + ">(&shared, pivots);");
    }

    private void rows(List<Tile> tiles) {
        beginRows();
        for (Tile tile : tiles) {
            if (tile instanceof Load load) {
                text.register(load.to());
                text.line("load<" + width + ">((const NUMBER*) &q" + areas.indexOf(load.from()) + "[i], r" + load.to()
                        + ");");
            } else if (tile instanceof Store store) {
                store(store);
            } else if (tile.equals(sink)) {
                text.sink(tile, "sums[w]", "sums[" + width + " + w]", "pivots");
            } else {
                text.arithmetic(tile);
            }
        }
        endRows();
    }

    private void store(Store store) {
        int index = areas.indexOf(store.to());
        String memory = "a" + index + " + at";
        if (passed.contains(store.to())) {
            text.line("store<" + width + ">((NUMBER*) &q" + index + "[i], r" + store.from() + ");");
            text.line("*(Four*) (" + memory + ") = q" + index + "[i];");
        } else {
            text.line("store<" + width + ">(" + memory + ", r" + store.from() + ");");
        }
    }
}
