package io.residual.core;

import io.residual.core.Flavour.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The walk through a network, piece by piece: name, output shape and trainable parameters. It is computed from the spec
 * alone; no weight is allocated.
 *
 * @param rows stem, stages, head (of pre-activation networks: the last batch norm and ReLU), pool, flatten, dense, in order from the image
 */
public record ShapeTable(List<Row> rows) {
    public ShapeTable {
        rows = List.copyOf(rows);
    }

    /**
     * One piece of the network.
     *
     * @param shape output shape for a batch of one, batch axis first: [1, channels, height, width] or [1, features]
     * @param parameters trainable parameters of the piece
     */
    public record Row(String piece, List<Integer> shape, long parameters) {
        public Row {
            shape = List.copyOf(shape);
        }
    }

    /**
     * Walks one image through the network.
     *
     * @throws IllegalArgumentException if a window does not fit into what reaches it
     */
    public static ShapeTable of(ResNetSpec spec) {
        List<Row> rows = new ArrayList<>();
        ImageShape shape = spec.stem().outputShape(spec.input());
        rows.add(row("stem", shape, stemParameters(spec)));
        for (int s = 0; s < spec.stages().size(); s++) {
            long parameters = 0;
            for (Block block : spec.blocks(s)) {
                shape = block.outputShape(shape);
                parameters += block.parameters(spec.flavour(), spec.shortcuts());
            }
            rows.add(row(VertexPaths.stage(s), shape, parameters));
        }
        if (spec.flavour().order() == Order.PRE_ACTIVATION) {
            rows.add(row(VertexPaths.HEAD, shape, batchNorm(shape.channels())));
        }
        rows.add(row(VertexPaths.POOL, new ImageShape(shape.channels(), 1, 1), 0));
        rows.add(new Row("flatten", List.of(1, spec.features()), 0));
        rows.add(new Row(VertexPaths.DENSE, List.of(1, spec.classes()), dense(spec.features(), spec.classes())));
        return new ShapeTable(rows);
    }

    /** The last convolution in front of a pre-activation block has no batch norm of its own. */
    private static long stemParameters(ResNetSpec spec) {
        long parameters = 0;
        for (Convolution convolution : spec.stem().convolutions(spec.input().channels())) {
            parameters += convolution.parameters(spec.flavour()) + batchNorm(convolution.channels());
        }
        return spec.flavour().order() == Order.PRE_ACTIVATION
                ? parameters - batchNorm(spec.stem().channels())
                : parameters;
    }

    private static Row row(String piece, ImageShape shape, long parameters) {
        return new Row(piece, List.of(1, shape.channels(), shape.height(), shape.width()), parameters);
    }

    /** Trainable parameters of a batch norm. */
    static long batchNorm(int channels) {
        return 2L * channels;
    }

    private static long dense(int in, int out) {
        return (long) in * out + out;
    }

    /** Trainable parameters of the network. */
    public long parameters() {
        return rows.stream().mapToLong(Row::parameters).sum();
    }

    /** The table as text, one piece a line, the sum last. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(line("piece", "output shape", "parameters"));
        for (Row row : rows) {
            text.append(line(row.piece(), row.shape().toString(), String.format(Locale.ROOT, "%,d", row.parameters())));
        }
        return text.append(line("total", "", String.format(Locale.ROOT, "%,d", parameters())))
                .toString();
    }

    private static String line(String piece, String shape, String parameters) {
        return String.format(Locale.ROOT, "%-8s  %-20s  %12s%n", piece, shape, parameters);
    }
}
