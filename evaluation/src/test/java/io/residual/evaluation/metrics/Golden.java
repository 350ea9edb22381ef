package io.residual.evaluation.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.training.metrics.ConfusionMatrix;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** metrics.json: what scikit-learn, SciPy and PyTorch computed, by generate_metrics.py beside it. */
final class Golden {
    private Golden() {}

    static JsonNode read(String field) throws IOException {
        try (InputStream json = Golden.class.getResourceAsStream("metrics.json")) {
            return new ObjectMapper().readTree(json).required(field);
        }
    }

    /** The matrix of predictions with these counts, [actual, predicted]. */
    static ConfusionMatrix counts(long[][] counts) {
        int[] actual = IntStream.range(0, counts.length)
                .flatMap(a -> IntStream.generate(() -> a)
                        .limit(LongStream.of(counts[a]).sum()))
                .toArray();
        int[] predicted = Stream.of(counts)
                .flatMapToInt(row -> IntStream.range(0, row.length)
                        .flatMap(p -> IntStream.generate(() -> p).limit(row[p])))
                .toArray();
        return ConfusionMatrix.ofLabels(counts.length, actual, predicted);
    }

    static ConfusionMatrix counts(JsonNode matrix) {
        return counts(StreamSupport.stream(matrix.required("counts").spliterator(), false)
                .map(row -> StreamSupport.stream(row.spliterator(), false)
                        .mapToLong(JsonNode::longValue)
                        .toArray())
                .toArray(long[][]::new));
    }

    static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    static float[][] floats(JsonNode rows) {
        float[][] floats = new float[rows.size()][];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = new float[rows.get(i).size()];
            for (int c = 0; c < floats[i].length; c++) {
                floats[i][c] = rows.get(i).get(c).floatValue();
            }
        }
        return floats;
    }

    static OptionalDouble optional(JsonNode number) {
        return number.isNull() ? OptionalDouble.empty() : OptionalDouble.of(number.doubleValue());
    }
}
