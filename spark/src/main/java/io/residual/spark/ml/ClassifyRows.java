package io.residual.spark.ml;

import io.residual.evaluation.predict.Prediction;
import io.residual.evaluation.predict.PredictionQueue;
import io.residual.evaluation.predict.PredictionQueue.Failed;
import io.residual.evaluation.predict.PredictionQueue.Predicted;
import io.residual.evaluation.predict.PredictionQueue.Result;
import io.residual.spark.predict.ClusterModel;
import io.residual.spark.predict.ExecutorModels;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * Adds predictions to rows, in an executor.
 *
 * @param input place of the column of images
 */
record ClassifyRows(ClusterModel model, int input) implements MapPartitionsFunction<Row, Row> {
    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        ExecutorModels.Lease lease = ExecutorModels.lease(model);
        // Spark may stop to ask for rows, as for a limit.
        TaskCompletionListener close = context -> lease.close();
        TaskContext.get().addTaskCompletionListener(close);
        return new Predictions(rows, lease);
    }

    private final class Predictions implements Iterator<Row> {
        private final Iterator<Row> rows;
        private final Deque<Row> ready = new ArrayDeque<>();
        private final PredictionQueue<Row> queue;
        private final List<String> classNames;

        Predictions(Iterator<Row> rows, ExecutorModels.Lease lease) {
            this.rows = rows;
            this.classNames = lease.classifier().classNames();
            this.queue = PredictionQueue.ofTask(
                    lease.classifier(), model.settings().mode(), (row, result) -> ready.add(with(row, result)));
        }

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && rows.hasNext()) {
                Row row = rows.next();
                queue.add(row, ImageCell.content(row, input));
            }
            if (ready.isEmpty()) {
                queue.end();
            }
            return !ready.isEmpty();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no row is left");
            }
            return ready.remove();
        }

        private Row with(Row row, Result result) {
            List<@Nullable Object> values = new ArrayList<>(row.size() + 4);
            for (int i = 0; i < row.size(); i++) {
                values.add(row.get(i));
            }
            if (result instanceof Failed failed) {
                values.addAll(Arrays.asList(null, null, null, failed.reason()));
            } else {
                Prediction prediction = ((Predicted) result).prediction();
                double[] probabilities = prediction.probabilities().stream()
                        .mapToDouble(Prediction.ClassProbability::probability)
                        .toArray();
                String name = prediction.className();
                values.add((double) classNames.indexOf(name));
                values.add(Vectors.dense(probabilities));
                values.add(prediction.certainty().abstained() ? null : name);
                values.add(null);
            }
            return RowFactory.create(values.toArray());
        }
    }
}
