package io.residual.tuning.table;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Dimension.Categorical;
import io.residual.tuning.search.Dimension.IntUniform;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.table.MeasuredTable.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Small residual networks of all combinations of three settings, each trained with {@value #SEEDS} seeds, with the
 * validation accuracy after every epoch, as {@link MeasuredTableMaker} measured them. As the spread of a network's seeds is
 * known, so is what a simulated sweep's winner is worth.
 */
final class MeasuredSeeds {
    static final int EPOCHS = 9;
    static final int SEEDS = 12;

    private static final int WIDTH = 8;
    /** Exponents of the rates, 0.016 to 2.048. */
    private static final int LOWEST = 3;

    private static final int HIGHEST = 10;

    static final SearchSpace SPACE = SearchSpace.of(
            Parameter.of("rate", new IntUniform(LOWEST, HIGHEST, 1)),
            Parameter.of("batchSize", new IntUniform(6, 7, 1)),
            Parameter.of("flavour", new Categorical(List.of("book", "torchvision"))));

    /** The accuracies of a row's seeds after each epoch. */
    private final Map<Row, List<List<Double>>> accuracies = new HashMap<>();

    private MeasuredSeeds() {}

    /** All rows, those of large batches first. */
    static List<Row> grid() {
        List<Row> rows = new ArrayList<>();
        for (int batchSize : List.of(128, 64)) {
            for (int rate = LOWEST; rate <= HIGHEST; rate++) {
                for (String flavour : List.of("book", "torchvision")) {
                    rows.add(new Row(rate, batchSize, WIDTH, flavour));
                }
            }
        }
        return rows;
    }

    static MeasuredSeeds load() {
        MeasuredSeeds table = new MeasuredSeeds();
        try (InputStream in = MeasuredSeeds.class.getResourceAsStream("measured-seeds.csv")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(table::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }

    private void add(String line) {
        String[] fields = line.split(",");
        accuracies
                .computeIfAbsent(Row.ofFields(fields), any -> new ArrayList<>())
                .add(Arrays.stream(fields).skip(4).map(Double::valueOf).toList());
    }

    /** The accuracies of an assignment's seeds after each epoch; fewer epochs if the loss became NaN. */
    List<List<Double>> seeds(Assignment assignment) {
        return accuracies.get(new Row(
                (int) assignment.whole("rate"),
                1 << assignment.whole("batchSize"),
                WIDTH,
                assignment.choice("flavour")));
    }
}
