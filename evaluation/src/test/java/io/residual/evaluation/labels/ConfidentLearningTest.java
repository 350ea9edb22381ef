package io.residual.evaluation.labels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.evaluation.labels.ConfidentLearning.Suspect;
import io.residual.evaluation.metrics.Scores;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against the same in NumPy, by generate_labels.py beside the numbers. */
class ConfidentLearningTest {
    private static JsonNode golden;
    private static Scores scores;
    private static ConfidentLearning learning;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream json = ConfidentLearningTest.class.getResourceAsStream("labels.json")) {
            golden = new ObjectMapper().readTree(json);
        }
        float[][] probabilities = StreamSupport.stream(
                        golden.required("probabilities").spliterator(), false)
                .map(row -> new float[] {
                    row.get(0).floatValue(),
                    row.get(1).floatValue(),
                    row.get(2).floatValue(),
                    row.get(3).floatValue()
                })
                .toArray(float[][]::new);
        int[] labels = StreamSupport.stream(golden.required("labels").spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
        scores = Scores.of(probabilities, labels);
        learning = ConfidentLearning.of(scores);
    }

    @Test
    void thresholds_counts_and_joint_distribution_are_those_of_numpy() {
        requireEqual(learning.joint(), golden.required("joint"));
        requireEqual(learning.noiseMatrix(), golden.required("noise"));
        for (int label = 0; label < 4; label++) {
            assertThat(learning.thresholds().get(label))
                    .isCloseTo(golden.required("thresholds").get(label).doubleValue(), within(1e-12));
            for (int c = 0; c < 4; c++) {
                assertThat(learning.counts().get(label).get(c))
                        .isEqualTo(golden.required("counts").get(label).get(c).longValue());
            }
        }
        assertThat(learning.wrongShare()).isCloseTo(golden.required("wrong").doubleValue(), within(1e-12));
    }

    private static void requireEqual(List<List<Double>> actual, JsonNode expected) {
        for (int label = 0; label < 4; label++) {
            for (int c = 0; c < 4; c++) {
                assertThat(actual.get(label).get(c))
                        .isCloseTo(expected.get(label).get(c).doubleValue(), within(1e-12));
            }
        }
    }

    @Test
    void suspects_are_those_of_numpy_in_the_same_order() {
        JsonNode expected = golden.required("suspects");
        assertThat(learning.suspects()).hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            Suspect suspect = learning.suspects().get(i);
            assertThat(suspect.example())
                    .isEqualTo(expected.get(i).required("example").intValue());
            assertThat(suspect.likely())
                    .isEqualTo(expected.get(i).required("likely").intValue());
            assertThat(suspect.selfConfidence())
                    .isCloseTo(expected.get(i).required("selfConfidence").doubleValue(), within(1e-12));
            assertThat(suspect.normalizedMargin())
                    .isCloseTo(expected.get(i).required("margin").doubleValue(), within(1e-12));
        }
    }

    @Test
    void without_the_suspects_only_their_mistakes_are_gone() {
        long mistakes = IntStream.range(0, scores.examples())
                .filter(i -> !scores.isRight(i))
                .count();
        double kept = scores.examples() - learning.suspects().size();
        assertThat(learning.accuracyWithoutSuspects(scores))
                .isCloseTo(1 - (mistakes - learning.suspects().size()) / kept, within(1e-12));
    }

    @Test
    void a_class_without_examples_counts_nothing() {
        Scores without = Scores.of(new float[][] {{0.5f, 0.25f, 0.25f}, {0, 0.1f, 0.9f}}, new int[] {0, 1});
        ConfidentLearning estimate = ConfidentLearning.of(without);
        assertThat(estimate.counts().get(1)).containsExactly(0L, 1L, 0L);
        assertThat(estimate.joint().get(2)).containsExactly(0.0, 0.0, 0.0);
        assertThat(estimate.suspects()).isEmpty();
    }
}
