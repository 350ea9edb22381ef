package io.residual.cuda.step;

import io.residual.program.Operation.Normalize;
import io.residual.program.plan.Area;
import io.residual.program.plan.Planner.Pass;
import io.residual.program.plan.Task;
import io.residual.program.plan.Task.GradientSums;
import io.residual.program.plan.Task.Load;
import io.residual.program.plan.Task.Mask;
import io.residual.program.plan.Task.Normalized;
import io.residual.program.plan.Task.NormalizedGradient;
import io.residual.program.plan.Task.NormalizedRelu;
import io.residual.program.plan.Task.Relu;
import io.residual.program.plan.Task.Statistics;
import io.residual.program.plan.Task.Store;
import io.residual.program.plan.Task.Sum;
import io.residual.program.plan.Task.Tile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * CUDA C for a chain of elementwise operations: one pass over rows of channels. Its arguments are the areas, the {@code
 * Normalization}s, the number of rows, of channels and of lanes.
 */
final class ElementwiseSource {
    private final Task.Elementwise task;
    private final int width;
    private final Pass pass;
    private final List<Area> areas = new ArrayList<>();
    private final Set<Normalize> normalizations = new LinkedHashSet<>();
    private final StringBuilder text = new StringBuilder();

    /**
     * @param width how many channels a thread has: those of 16 bytes, or 1
     * @param pass in training, batch norms gather statistics; in inference, they have them in their coefficients already
     */
    ElementwiseSource(Task.Elementwise task, int width, Pass pass) {
        this.task = task;
        this.width = width;
        this.pass = pass;
        for (Tile tile : task.operations()) {
            if (tile instanceof Load load) {
                areas.add(load.from());
            } else if (tile instanceof Store store) {
                areas.add(store.to());
            }
            normalizations.addAll(normalizationOf(tile));
        }
    }

    private static List<Normalize> normalizationOf(Tile tile) {
        if (tile instanceof Normalized normalized) {
            return List.of(normalized.operation());
        }
        if (tile instanceof NormalizedRelu normalized) {
            return List.of(normalized.operation());
        }
        if (tile instanceof NormalizedGradient gradient) {
            return List.of(gradient.operation());
        }
        if (tile instanceof Statistics statistics) {
            return List.of(statistics.operation());
        }
        return tile instanceof GradientSums sums ? List.of(sums.operation()) : List.of();
    }

    /** In the order of the arguments; one that is read and written comes twice. */
    List<Area> areas() {
        return areas;
    }

    List<Normalize> normalizations() {
        return List.copyOf(normalizations);
    }

    /** Whether blocks add up anything. */
    boolean addsUp() {
        return task.operations().stream().anyMatch(this::isSink);
    }

    /** Whether it does anything at all. */
    boolean isEmpty() {
        return task.operations().stream().noneMatch(tile -> tile instanceof Store || isSink(tile));
    }

    private boolean isSink(Tile tile) {
        return pass == Pass.TRAINING && (tile instanceof Statistics || tile instanceof GradientSums);
    }

    /** The body and arguments of the kernel, without its name: equal ones can share a kernel. */
    String text() {
        arguments();
        line("int lane = (int) threadIdx.x % lanes;");
        line("int first = ((int) blockIdx.y * lanes + lane) * " + width + ";");
        coefficients();
        if (addsUp()) {
            line("__shared__ Sums<" + width + "> shared;");
            sinks(0);
        }
        line("int rowsHere = (int) blockDim.x / lanes;");
        line("for (long long row = (long long) blockIdx.x * rowsHere + (int) threadIdx.x / lanes; row < rows;"
                + " row += (long long) gridDim.x * rowsHere) {");
        line("long long at = row * channels + first;");
        for (Tile tile : task.operations()) {
            operation(tile);
        }
        line("}");
        sinks(1);
        line("}");
        return text.toString();
    }

    private void arguments() {
        Set<Area> once = new HashSet<>();
        boolean restrict = areas.stream().allMatch(once::add);
        line("(");
        int index = 0;
        for (Tile tile : task.operations()) {
            if (tile instanceof Load || tile instanceof Store) {
                line((tile instanceof Load ? "const NUMBER* " : "NUMBER* ") + (restrict ? "__restrict__ a" : "a")
                        + index++ + ",");
            }
        }
        for (int i = 0; i < normalizations.size(); i++) {
            line("const Normalization* n" + i + ",");
        }
        line("int rows, int channels, int lanes) {");
    }

    private int index(Normalize operation) {
        return List.copyOf(normalizations).indexOf(operation);
    }

    private void coefficients() {
        Set<String> loaded = new HashSet<>();
        for (Tile tile : task.operations()) {
            if (tile instanceof Normalized || tile instanceof NormalizedRelu) {
                coefficient(loaded, tile, "mean", 0);
                coefficient(loaded, tile, "scale", 1);
                coefficient(loaded, tile, "shift", 2);
            } else if (tile instanceof NormalizedGradient) {
                coefficient(loaded, tile, "mean", 0);
                coefficient(loaded, tile, "scale", 1);
                coefficient(loaded, tile, "average", 3);
                coefficient(loaded, tile, "slope", 4);
            } else if (tile instanceof GradientSums) {
                coefficient(loaded, tile, "mean", 0);
            }
        }
    }

    private void coefficient(Set<String> loaded, Tile tile, String name, int row) {
        int index = index(normalizationOf(tile).get(0));
        if (loaded.add(name + index)) {
            line("float " + name + index + "[" + width + "];");
            each(name + index + "[w] = n" + index + "->coefficients[" + row + " * channels + first + w];");
        }
    }

    /** What is added up: its beginning, or its end. */
    private void sinks(int end) {
        int sink = 0;
        for (int i = 0; i < task.operations().size(); i++) {
            Tile tile = task.operations().get(i);
            if (!isSink(tile)) {
                continue;
            }
            int index = index(normalizationOf(tile).get(0));
            if (end == 1) {
                line(
                        tile instanceof Statistics
                                ? "finish_statistics<" + width + ">(&shared, p" + sink + ", s" + sink + ", t" + sink
                                        + ", lanes, channels, n" + index + ", h" + sink + ");"
                                : "finish_sums<" + width + ">(&shared, s" + sink + ", t" + sink + ", lanes, channels, n"
                                        + index + ", h" + sink + ");");
            } else {
                line("Ahead h" + sink + " = "
                        + (tile instanceof Statistics
                                ? "statistics_ahead<" + width + ">(lanes, n" + index + ");"
                                : "sums_ahead<" + width + ">(lanes, channels, n" + index + ");"));
                line("float s" + sink + "[" + width + "] = {};");
                line("float t" + sink + "[" + width + "] = {};");
                if (tile instanceof Statistics statistics) {
                    pivots(sink, statistics, i);
                }
            }
            sink++;
        }
    }

    /** The first row of all, from which deviations are small. */
    private void pivots(int sink, Statistics statistics, int before) {
        line("float p" + sink + "[" + width + "];");
        line("{");
        line("long long at = first;");
        for (Tile tile : task.operations().subList(0, before)) {
            if (!(tile instanceof Store) && !isSink(tile)) {
                operation(tile);
            }
        }
        each("p" + sink + "[w] = r" + statistics.from() + "[w];");
        line("}");
    }

    private void operation(Tile tile) {
        if (tile instanceof Load load) {
            register(load.to());
            line("load<" + width + ">(a" + position(tile) + " + at, r" + load.to() + ");");
        } else if (tile instanceof Store store) {
            line("store<" + width + ">(a" + position(tile) + " + at, r" + store.from() + ");");
        } else if (tile instanceof Sum sum) {
            register(sum.to());
            each("r" + sum.to() + "[w] = r" + sum.left() + "[w] + r" + sum.right() + "[w];");
        } else if (tile instanceof Relu relu) {
            register(relu.to());
            each("r" + relu.to() + "[w] = r" + relu.from() + "[w] < 0 ? 0 : r" + relu.from() + "[w];");
        } else if (tile instanceof Mask mask) {
            register(mask.to());
            each("r" + mask.to() + "[w] = r" + mask.value() + "[w] > 0 ? r" + mask.gradient() + "[w] : 0;");
        } else {
            normalization(tile);
        }
    }

    private void normalization(Tile tile) {
        int n = index(normalizationOf(tile).get(0));
        if (tile instanceof Normalized normalized) {
            register(normalized.to());
            each("r" + normalized.to() + "[w] = " + normalized(normalized.from(), n) + ";");
        } else if (tile instanceof NormalizedRelu normalized) {
            register(normalized.to());
            each("{ float y = " + normalized(normalized.from(), n) + "; r" + normalized.to()
                    + "[w] = y < 0 ? 0 : y; }");
        } else if (tile instanceof NormalizedGradient gradient) {
            register(gradient.to());
            each("r" + gradient.to() + "[w] = scale" + n + "[w] * (r" + gradient.gradient() + "[w] - average" + n
                    + "[w] - (r" + gradient.value() + "[w] - mean" + n + "[w]) * slope" + n + "[w]);");
        } else if (isSink(tile)) {
            sink(tile, n);
        }
    }

    private static String normalized(int from, int n) {
        return "(r" + from + "[w] - mean" + n + "[w]) * scale" + n + "[w] + shift" + n + "[w]";
    }

    private void sink(Tile tile, int n) {
        int sink = (int) task.operations().subList(0, task.operations().indexOf(tile)).stream()
                .filter(this::isSink)
                .count();
        if (tile instanceof Statistics statistics) {
            each("{ float d = r" + statistics.from() + "[w] - p" + sink + "[w]; s" + sink + "[w] += d; t" + sink
                    + "[w] += d * d; }");
        } else if (tile instanceof GradientSums sums) {
            each("s" + sink + "[w] += r" + sums.gradient() + "[w]; t" + sink + "[w] += r" + sums.gradient() + "[w] * (r"
                    + sums.value() + "[w] - mean" + n + "[w]);");
        }
    }

    private int position(Tile tile) {
        int position = 0;
        for (Tile other : task.operations()) {
            if (other == tile) {
                return position;
            }
            position += other instanceof Load || other instanceof Store ? 1 : 0;
        }
        throw new IllegalArgumentException("not a tile of this task");
    }

    private void register(int number) {
        line("float r" + number + "[" + width + "];");
    }

    private void each(String statement) {
        line("for (int w = 0; w < " + width + "; w++) { " + statement + " }");
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
