package io.residual.cuda.step;

import io.residual.program.Operation.Normalize;
import io.residual.program.plan.Task.GradientSums;
import io.residual.program.plan.Task.Mask;
import io.residual.program.plan.Task.Normalized;
import io.residual.program.plan.Task.NormalizedGradient;
import io.residual.program.plan.Task.NormalizedRelu;
import io.residual.program.plan.Task.Relu;
import io.residual.program.plan.Task.Statistics;
import io.residual.program.plan.Task.Sum;
import io.residual.program.plan.Task.Tile;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** CUDA C for what a thread does with the channels that it has of a row. */
final class TileText {
    private final int width;
    private final List<Normalize> normalizations;
    private final Set<String> coefficients = new HashSet<>();
    private final StringBuilder text = new StringBuilder();

    /**
     * Of some tiles.
     *
     * @param width channels of a thread
     */
    TileText(List<Tile> tiles, int width) {
        this.width = width;
        Set<Normalize> found = new LinkedHashSet<>();
        tiles.forEach(tile -> found.addAll(normalizationOf(tile)));
        this.normalizations = List.copyOf(found);
    }

    /** The batch norm of a tile, if it is of one. */
    static List<Normalize> normalizationOf(Tile tile) {
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

    /** In the order of the arguments {@code n0}, {@code n1} and so on. */
    List<Normalize> normalizations() {
        return normalizations;
    }

    /** The number of a tile's batch norm among them. */
    int index(Tile tile) {
        return normalizations.indexOf(normalizationOf(tile).get(0));
    }

    /** Declares those coefficients of the batch norms that tiles use, unless that was done before. */
    void coefficients(List<Tile> tiles) {
        for (Tile tile : tiles) {
            if (tile instanceof Normalized || tile instanceof NormalizedRelu) {
                coefficient(tile, "mean", 0);
                coefficient(tile, "scale", 1);
                coefficient(tile, "shift", 2);
            } else if (tile instanceof NormalizedGradient) {
                coefficient(tile, "mean", 0);
                coefficient(tile, "scale", 1);
                coefficient(tile, "average", 3);
                coefficient(tile, "slope", 4);
            } else if (tile instanceof GradientSums) {
                coefficient(tile, "mean", 0);
            }
        }
    }

    /** Declares a coefficient of a tile's batch norm as it is in memory, unless that was done before. */
    void coefficient(Tile tile, String name, int row) {
        int index = index(tile);
        coefficient(index, name, "n" + index + "->coefficients[" + row + " * channels + first + w]");
    }

    /** Declares a coefficient of a batch norm, unless that was done before. */
    void coefficient(int index, String name, String value) {
        if (coefficients.add(name + index)) {
            line("float " + name + index + "[" + width + "];");
            each(name + index + "[w] = " + value + ";");
        }
    }

    /** One that computes numbers from others. */
    void arithmetic(Tile tile) {
        if (tile instanceof Sum sum) {
            register(sum.to());
            each("r" + sum.to() + "[w] = r" + sum.left() + "[w] + r" + sum.right() + "[w];");
        } else if (tile instanceof Relu relu) {
            register(relu.to());
            each("r" + relu.to() + "[w] = r" + relu.from() + "[w] < 0 ? 0 : r" + relu.from() + "[w];");
        } else if (tile instanceof Mask mask) {
            register(mask.to());
            each("r" + mask.to() + "[w] = r" + mask.value() + "[w] > 0 ? r" + mask.gradient() + "[w] : 0;");
        } else if (tile instanceof Normalized normalized) {
            register(normalized.to());
            each("r" + normalized.to() + "[w] = " + normalized(normalized.from(), index(tile)) + ";");
        } else if (tile instanceof NormalizedRelu normalized) {
            register(normalized.to());
            each("{ float y = " + normalized(normalized.from(), index(tile)) + "; r" + normalized.to()
                    + "[w] = y < 0 ? 0 : y; }");
        } else if (tile instanceof NormalizedGradient gradient) {
            int n = index(tile);
            register(gradient.to());
            each("r" + gradient.to() + "[w] = scale" + n + "[w] * (r" + gradient.gradient() + "[w] - average" + n
                    + "[w] - (r" + gradient.value() + "[w] - mean" + n + "[w]) * slope" + n + "[w]);");
        }
    }

    private static String normalized(int from, int n) {
        return "(r" + from + "[w] - mean" + n + "[w]) * scale" + n + "[w] + shift" + n + "[w]";
    }

    /**
     * One that adds up numbers.
     *
     * @param one where the first sum of channel w is
     * @param two where the second is
     * @param pivots of statistics: numbers near the means
     */
    void sink(Tile tile, String one, String two, String pivots) {
        if (tile instanceof Statistics statistics) {
            each("{ float d = r" + statistics.from() + "[w] - " + pivots + "[w]; " + one + " += d; " + two
                    + " += d * d; }");
        } else if (tile instanceof GradientSums sums) {
            each(one + " += r" + sums.gradient() + "[w]; " + two + " += r" + sums.gradient() + "[w] * (r" + sums.value()
                    + "[w] - mean" + index(tile) + "[w]);");
        }
    }

    /** Declares a tile. */
    void register(int number) {
        line("float r" + number + "[" + width + "];");
    }

    /** For each channel w. */
    void each(String statement) {
        line("for (int w = 0; w < " + width + "; w++) { " + statement + " }");
    }

    void line(String line) {
        text.append(line).append('\n');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
