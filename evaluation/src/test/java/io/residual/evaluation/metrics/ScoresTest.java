package io.residual.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

class ScoresTest {
    private static Scores golden(String kind) throws Exception {
        JsonNode golden = Golden.read("scores");
        return Scores.of(Golden.floats(golden.required(kind)), Golden.ints(golden.required("labels")));
    }

    @Test
    void top_k_accuracies_are_those_of_scikit_learn() throws Exception {
        Scores scores = golden("logits");
        JsonNode top = Golden.read("scores").required("top");

        assertThat(top).hasSize(4);
        for (int k = 1; k <= 4; k++) {
            assertThat(scores.topAccuracy(k))
                    .isEqualTo(top.required(String.valueOf(k)).doubleValue());
        }
        assertThat(scores.topAccuracy(5)).isEqualTo(1);
        assertThat(scores.confusion().accuracy()).hasValue(scores.topAccuracy(1));
    }

    @Test
    void the_cross_entropy_of_probabilities_is_that_of_scikit_learn_with_its_clip() throws Exception {
        double expected =
                Golden.read("scores").required("cross_entropy_of_probabilities").doubleValue();

        // scikit-learn divides each row of floats by its sum, which is 1 to 7 digits.
        assertThat(golden("probabilities").crossEntropyOfProbabilities()).isCloseTo(expected, within(1e-7));
    }

    @Test
    void a_certain_and_wrong_prediction_costs_52_bits() {
        Scores wrong = Scores.of(new float[][] {{1, 0, 0}}, new int[] {2});

        assertThat(wrong.crossEntropyOfProbabilities()).isCloseTo(52 * Math.log(2), within(1e-14));
    }

    @Test
    void of_equal_scores_the_first_class_ranks_higher() {
        float[][] equal = {{0.25f, 0.375f, 0.375f}, {0.25f, 0.375f, 0.375f}};
        Scores scores = Scores.of(equal, new int[] {1, 2});

        assertThat(scores.confusion().count(1, 1)).isEqualTo(1);
        assertThat(scores.confusion().count(2, 1)).isEqualTo(1);
        assertThat(scores.topAccuracy(1)).isEqualTo(0.5);
        assertThat(scores.topAccuracy(2)).isEqualTo(1);
    }

    @Test
    void what_is_no_distribution_is_rejected_as_probabilities() {
        assertThatThrownBy(() -> Scores.of(new float[][] {{0.5f, 0.5f}, {1.5f, -0.5f}}, new int[] {0, 1})
                        .crossEntropyOfProbabilities())
                .hasMessage("example 1 has a probability outside [0, 1]: 1.5. Are these logits?");
        assertThatThrownBy(() ->
                        Scores.of(new float[][] {{0.5f, 0.25f}}, new int[] {0}).crossEntropyOfProbabilities())
                .hasMessage("the probabilities of example 0 sum to 0.75, not to 1. Are these logits?");
    }

    @Test
    void faulty_scores_and_labels_are_rejected_with_their_place() {
        assertThatThrownBy(() -> Scores.of(new float[][] {{1, 2}, {3, Float.NaN}}, new int[] {0, 1}))
                .hasMessage("the score of example 1 for class 1 is NaN");
        assertThatThrownBy(() -> Scores.of(new float[][] {{1, 2}, {3}}, new int[] {0, 1}))
                .hasMessage("example 1 has 1 scores, the first has 2");
        assertThatThrownBy(() -> Scores.of(new float[][] {{1, 2}}, new int[] {2}))
                .hasMessage("the label of example 0 is 2, expected one in [0, 2)");
        assertThatThrownBy(() -> Scores.of(new float[][] {{1, 2}}, new int[0]))
                .hasMessage("0 labels do not match 1 rows of scores");
        assertThatThrownBy(() -> Scores.of(new float[0][], new int[0])).hasMessage("there are no scores");
        assertThatThrownBy(() ->
                        Scores.of(new float[][] {{1, 2}}, new int[] {0}).topAccuracy(3))
                .hasMessage("k must be in [1, 2], found 3");
    }
}
