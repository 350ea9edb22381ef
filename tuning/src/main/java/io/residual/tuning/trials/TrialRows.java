package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.TrialState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads trials from their tables. */
final class TrialRows {
    private TrialRows() {}

    /** @throws IllegalArgumentException if a row is no trial */
    static List<Trial> read(Connection connection) throws SQLException {
        // One transaction: another process may write between the two queries.
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            Map<Long, List<List<EpochMetrics>>> runs = runs(statement);
            List<Trial> trials = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(
                    "SELECT number, assignment, state, reason, attempts FROM trial ORDER BY number")) {
                while (rows.next()) {
                    trials.add(trial(rows).withRuns(runs.getOrDefault(rows.getLong("number"), List.of())));
                }
            }
            return List.copyOf(trials);
        } finally {
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    private static Trial trial(ResultSet row) throws SQLException {
        return new Trial(
                row.getLong("number"),
                AssignmentJson.read(row.getString("assignment")),
                TrialState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getString("reason"),
                row.getInt("attempts"),
                List.of());
    }

    private static Map<Long, List<List<EpochMetrics>>> runs(Statement statement) throws SQLException {
        Map<Long, List<List<EpochMetrics>>> runs = new TreeMap<>();
        try (ResultSet rows = statement.executeQuery("SELECT * FROM epoch ORDER BY trial, seed, epoch")) {
            while (rows.next()) {
                List<List<EpochMetrics>> ofTrial =
                        runs.computeIfAbsent(rows.getLong("trial"), number -> new ArrayList<>());
                int seed = rows.getInt("seed");
                while (ofTrial.size() <= seed) {
                    ofTrial.add(new ArrayList<>());
                }
                ofTrial.get(seed).add(epoch(rows));
            }
        }
        return runs;
    }

    private static EpochMetrics epoch(ResultSet row) throws SQLException {
        return new EpochMetrics(
                row.getInt("epoch"),
                row.getDouble("learning_rate"),
                row.getDouble("train_loss"),
                row.getDouble("train_accuracy"),
                row.getDouble("validation_loss"),
                row.getDouble("validation_accuracy"),
                row.getDouble("images_per_second"),
                row.getDouble("epoch_seconds"));
    }
}
