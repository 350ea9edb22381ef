package io.residual.tuning.table;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Dimension.Categorical;
import io.residual.tuning.search.Dimension.IntUniform;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.SearchSpace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Small residual networks of all combinations of four settings, each with its validation accuracy after every epoch, as
 * {@link MeasuredTableMaker} measured them.
 */
final class MeasuredTable {
    static final int EPOCHS = 27;

    /** Learning rates and sizes are powers of two, and given by their exponents. */
    static final SearchSpace SPACE = SearchSpace.of(
            Parameter.of("rate", new IntUniform(0, 10, 1)),
            Parameter.of("batchSize", new IntUniform(5, 8, 1)),
            Parameter.of("width", new IntUniform(2, 4, 1)),
            Parameter.of("flavour", new Categorical(List.of("book", "torchvision"))));

    private static final double LOWEST_RATE = 0.002;

    private final Map<Row, List<Double>> accuracies = new LinkedHashMap<>();

    private MeasuredTable() {}

    /** Settings of one network. */
    record Row(int rate, int batchSize, int width, String flavour) {
        static Row of(Assignment assignment) {
            return new Row(
                    (int) assignment.whole("rate"),
                    1 << assignment.whole("batchSize"),
                    1 << assignment.whole("width"),
                    assignment.choice("flavour"));
        }

        /** Of a line of the table. */
        static Row ofFields(String[] fields) {
            return new Row(
                    Integer.parseInt(fields[0]), Integer.parseInt(fields[1]), Integer.parseInt(fields[2]), fields[3]);
        }

        /** Neighbours differ by a factor of 2: 0.002 to 2.048. */
        double learningRate() {
            return LOWEST_RATE * (1 << rate);
        }

        String toLine(List<Double> accuracies) {
            return Stream.concat(
                            Stream.of(rate, batchSize, width, flavour).map(String::valueOf),
                            accuracies.stream().map(a -> String.format(Locale.ROOT, "%.4f", a)))
                    .collect(Collectors.joining(","));
        }
    }

    /** All rows, those of large batches first, which are computed faster. */
    static List<Row> grid() {
        List<Row> rows = new ArrayList<>();
        for (int batchSize : List.of(256, 128, 64, 32)) {
            for (int rate = 0; rate <= 10; rate++) {
                for (int width : List.of(4, 8, 16)) {
                    for (String flavour : List.of("book", "torchvision")) {
                        rows.add(new Row(rate, batchSize, width, flavour));
                    }
                }
            }
        }
        return rows;
    }

    static MeasuredTable load() {
        MeasuredTable table = new MeasuredTable();
        try (InputStream in = MeasuredTable.class.getResourceAsStream("measured.csv")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(table::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }

    private void add(String line) {
        String[] fields = line.split(",");
        accuracies.put(
                Row.ofFields(fields),
                Arrays.stream(fields).skip(4).map(Double::valueOf).toList());
    }

    int size() {
        return accuracies.size();
    }

    /** The best accuracy of the first so many epochs, as of the checkpoint that a run keeps. */
    double best(Assignment assignment, int epochs) {
        return accuracies.get(Row.of(assignment)).stream()
                .limit(epochs)
                .mapToDouble(a -> a)
                .max()
                .orElseThrow();
    }

    /** The best accuracy of all. */
    double best() {
        return accuracies.values().stream()
                .flatMap(List::stream)
                .mapToDouble(a -> a)
                .max()
                .orElseThrow();
    }
}
