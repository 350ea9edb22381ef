package io.residual.evaluation.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;

/** metrics.json: what scikit-learn, SciPy and PyTorch computed, by generate_metrics.py beside it. */
final class Golden {
    private Golden() {}

    static JsonNode read(String field) throws IOException {
        try (InputStream json = Golden.class.getResourceAsStream("metrics.json")) {
            return new ObjectMapper().readTree(json).required(field);
        }
    }

    static ConfusionMatrix counts(JsonNode matrix) {
        return ConfusionMatrix.ofCounts(
                StreamSupport.stream(matrix.required("counts").spliterator(), false)
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
