package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.StrictJson;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Dimension;
import io.residual.tuning.search.Dimension.LogUniform;
import io.residual.tuning.search.Dimension.Uniform;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Sweep;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a sweep's tables as trials. A database may come from elsewhere, so each value is checked: a row that this
 * program would not have written is an {@link IllegalArgumentException} that names table, row and column.
 */
final class TrialRows {
    private static final double ROUNDING = 1e-9;

    private TrialRows() {}

    /**
     * All trials with their epochs and fresh runs, by number.
     *
     * @param confirmed whether the database has a table of fresh runs
     */
    static List<Trial> read(Statement statement, boolean confirmed) throws SQLException {
        Map<Long, Trial> trials = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery(
                "SELECT number, assignment, state, reason, attempts FROM trial ORDER BY number")) {
            while (rows.next()) {
                Trial trial = new Row("trial", rows, "number").trial();
                trials.put(trial.number(), trial);
            }
        }
        Map<Long, List<List<EpochMetrics>>> runs = runs(statement, trials);
        runs.forEach((number, epochs) -> trials.computeIfPresent(number, (any, trial) -> trial.withRuns(epochs)));
        if (confirmed) {
            readFresh(statement, trials);
        }
        return List.copyOf(trials.values());
    }

    private static void readFresh(Statement statement, Map<Long, Trial> trials) throws SQLException {
        try (ResultSet rows = statement.executeQuery(
                "SELECT trial, seed, state, reason, attempts, value FROM confirmation ORDER BY trial, seed")) {
            while (rows.next()) {
                Row row = new Row("confirmation", rows, "trial", "seed");
                Trial trial = trials.get(row.whole("trial", 0, Long.MAX_VALUE));
                if (trial == null || trial.state() != TrialState.DONE) {
                    throw row.error("trial", "expected one that is done");
                }
                int seed = (int) row.whole("seed", 0, Integer.MAX_VALUE);
                trials.put(trial.number(), trial.withFresh(seed, row.fresh()));
            }
        }
    }

    private static Map<Long, List<List<EpochMetrics>>> runs(Statement statement, Map<Long, Trial> trials)
            throws SQLException {
        Map<Long, List<List<EpochMetrics>>> runs = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery("SELECT * FROM epoch ORDER BY trial, seed, epoch")) {
            while (rows.next()) {
                Row row = new Row("epoch", rows, "trial", "seed", "epoch");
                long number = row.whole("trial", 0, Long.MAX_VALUE);
                if (!trials.containsKey(number)) {
                    throw row.error("trial", "there is no trial " + number);
                }
                List<List<EpochMetrics>> ofTrial = runs.computeIfAbsent(number, any -> new ArrayList<>());
                // In the order of the query, a run follows the one before it, and so does an epoch.
                int seed = (int) row.whole("seed", Math.max(0, ofTrial.size() - 1L), ofTrial.size());
                if (seed == ofTrial.size()) {
                    ofTrial.add(new ArrayList<>());
                }
                List<EpochMetrics> run = ofTrial.get(seed);
                run.add(row.metrics(run.size() + 1));
            }
        }
        return runs;
    }

    /**
     * Refuses trials that are not of a sweep.
     *
     * @throws IllegalArgumentException that names table, row and column
     */
    static void requireOf(Sweep sweep, List<Trial> trials) {
        int epochs = sweep.baseSpec().optimisation().epochs();
        for (Trial trial : trials) {
            for (Parameter parameter : sweep.space().parameters()) {
                Optional<Object> value = trial.assignment().value(parameter.name());
                if (value.isPresent()
                        ? !fits(parameter.dimension(), value.get())
                        : parameter.appliesTo(trial.assignment())) {
                    throw new IllegalArgumentException("table trial, row number " + trial.number() + ", assignment: "
                            + parameter.name() + " is "
                            + value.map(Object::toString).orElse("missing")
                            + ", which the sweep's space does not have");
                }
            }
            if (trial.state() == TrialState.DONE && trial.epochs() == 0) {
                throw new IllegalArgumentException(
                        "table trial, row number " + trial.number() + ", state: done, but there is no epoch of it");
            }
            int last =
                    trial.assignment().has("epochs") ? (int) trial.assignment().number("epochs") : epochs;
            if (trial.runs().size() > sweep.seeds() || trial.epochs() > last) {
                throw new IllegalArgumentException("table epoch, row trial " + trial.number() + ": expected at most "
                        + sweep.seeds() + " seeds of " + last + " epochs, got "
                        + trial.runs().size() + " of "
                        + trial.epochs());
            }
        }
    }

    /** A real number at an end of its range may be rounded past it. */
    private static boolean fits(Dimension dimension, Object value) {
        return dimension.contains(value)
                || (value instanceof Double
                        && (dimension instanceof Uniform || dimension instanceof LogUniform)
                        && Math.abs(dimension.unit(value) - 0.5) <= 0.5 + ROUNDING);
    }

    /** A row, and the columns that identify it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Row(String table, ResultSet values, String... key) {
        Trial trial() throws SQLException {
            return new Trial(
                    whole("number", 0, Long.MAX_VALUE),
                    assignment(),
                    state(),
                    text("reason"),
                    (int) whole("attempts", 0, Integer.MAX_VALUE),
                    List.of(),
                    new TreeMap<>());
        }

        private TrialState state() throws SQLException {
            String state = text("state");
            return Arrays.stream(TrialState.values())
                    .filter(each -> each.label().equals(state))
                    .findFirst()
                    .orElseThrow(() -> error("state", "unknown state " + state));
        }

        FreshRun fresh() throws SQLException {
            TrialState state = state();
            String reason = text("reason");
            int attempts = (int) whole("attempts", 0, Integer.MAX_VALUE);
            OptionalDouble value =
                    values.getObject("value") == null ? OptionalDouble.empty() : OptionalDouble.of(real("value"));
            try {
                return new FreshRun(state, reason, attempts, value);
            } catch (IllegalArgumentException e) {
                throw error("state", e.getMessage());
            }
        }

        private Assignment assignment() throws SQLException {
            String json = text("assignment");
            try {
                return new Assignment(StrictJson.readMap(json));
            } catch (IllegalArgumentException e) {
                throw error("assignment", e.getMessage());
            }
        }

        EpochMetrics metrics(int epoch) throws SQLException {
            int number = (int) whole("epoch", epoch, epoch);
            double[] rest = new double[7];
            String[] columns = {
                "learning_rate",
                "train_loss",
                "train_accuracy",
                "validation_loss",
                "validation_accuracy",
                "images_per_second",
                "epoch_seconds"
            };
            for (int i = 0; i < rest.length; i++) {
                rest[i] = real(columns[i]);
            }
            try {
                return new EpochMetrics(number, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5], rest[6]);
            } catch (IllegalArgumentException e) {
                throw error("metrics", e.getMessage());
            }
        }

        long whole(String column, long min, long max) throws SQLException {
            Object value = values.getObject(column);
            long number = value instanceof Long || value instanceof Integer ? ((Number) value).longValue() : min - 1;
            if (!(value instanceof Number && number >= min && number <= max)) {
                throw error(
                        column,
                        "expected " + (min == max ? min : "a whole number from " + min + " to " + max) + ", got "
                                + value);
            }
            return number;
        }

        private double real(String column) throws SQLException {
            Object value = values.getObject(column);
            if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
                return number.doubleValue();
            }
            throw error(column, "expected a finite number, got " + value);
        }

        private String text(String column) throws SQLException {
            Object value = values.getObject(column);
            if (value instanceof String text) {
                return text;
            }
            throw error(column, "expected text, got " + value);
        }

        IllegalArgumentException error(String column, @Nullable String what) {
            List<String> place = new ArrayList<>();
            for (String name : key) {
                try {
                    place.add(name + " " + values.getObject(name));
                } catch (SQLException e) {
                    place.add(name + " unknown");
                }
            }
            return new IllegalArgumentException(
                    "table " + table + ", row " + String.join(", ", place) + ", " + column + ": " + what);
        }
    }
}
