package io.residual.tuning.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Small residual networks of all combinations of four settings, each with its validation accuracy after every epoch. */
final class MeasuredTable {
    static final int EPOCHS = 27;

    private static final double LOWEST_RATE = 0.002;
    private static final int RATES = 11;
    private static final List<Integer> BATCH_SIZES = List.of(256, 128, 64, 32);
    private static final List<Integer> WIDTHS = List.of(4, 8, 16);
    private static final List<String> FLAVOURS = List.of("book", "torchvision");

    private MeasuredTable() {}

    /** Settings of one network. */
    record Row(int rate, int batchSize, int width, String flavour) {
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

    static List<Row> grid() {
        List<Row> rows = new ArrayList<>();
        for (int batchSize : BATCH_SIZES) {
            for (int rate = 0; rate < RATES; rate++) {
                for (int width : WIDTHS) {
                    for (String flavour : FLAVOURS) {
                        rows.add(new Row(rate, batchSize, width, flavour));
                    }
                }
            }
        }
        return rows;
    }

    static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
