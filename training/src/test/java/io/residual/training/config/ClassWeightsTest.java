package io.residual.training.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.residual.core.ResidualException;
import io.residual.training.config.ClassWeights.Rule;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassWeightsTest {
    private static final List<String> CLASSES = List.of("cat", "dog", "eel");

    @Test
    void weights_are_those_of_scikit_learn_and_of_cui_s_formula() throws IOException {
        JsonNode cases = new JsonMapper().readTree(ClassWeightsTest.class.getResource("class-weights.json"));
        for (JsonNode one : cases) {
            int[] counts = IntStream.range(0, one.get("counts").size())
                    .map(c -> one.get("counts").get(c).asInt())
                    .toArray();
            for (Rule rule : List.of(Rule.INVERSE, Rule.EFFECTIVE)) {
                List<Double> weights = rule.of(counts, CLASSES);
                assertThat(weights).hasSize(counts.length);
                for (int c = 0; c < counts.length; c++) {
                    double expected = one.get(rule.toString()).get(c).asDouble();
                    assertThat(weights.get(c)).as(rule + " of class " + c).isCloseTo(expected, within(1e-9 * expected));
                }
            }
        }
    }

    @Test
    void auto_weighs_classes_by_inverse_frequency_if_their_sizes_differ_by_more_than_half() {
        assertThat(Rule.AUTO.of(new int[] {150, 100, 120}, CLASSES)).isEmpty();
        assertThat(Rule.AUTO.of(new int[] {151, 100, 120}, CLASSES))
                .isEqualTo(Rule.INVERSE.of(new int[] {151, 100, 120}, CLASSES));
        assertThat(Rule.NONE.of(new int[] {700, 0, 1}, CLASSES)).isEmpty();
    }

    @Test
    void auto_leaves_a_balanced_sampler_alone() {
        assertThat(weights("auto", "balanced")).isEmpty();
        assertThat(weights("inverse", "balanced")).isNotEmpty();
        assertThat(weights("auto", "shuffled")).isNotEmpty();
    }

    private static List<Double> weights(String weights, String sampler) {
        return Preset.resolve("quick", Map.of("classWeights", weights, "sampler", sampler))
                .spec()
                .optimisation()
                .imbalance()
                .weights(new int[] {700, 10, 90}, CLASSES);
    }

    @Test
    void a_class_without_images_has_no_weight_by_its_number_of_images() {
        for (Rule rule : List.of(Rule.AUTO, Rule.INVERSE, Rule.EFFECTIVE)) {
            assertThatThrownBy(() -> rule.of(new int[] {700, 0, 90}, CLASSES))
                    .isInstanceOf(ResidualException.class)
                    .hasMessage("classWeights " + rule
                            + ": no training images of class dog: give a weight for each class, or none");
        }
    }

    @Test
    void numbers_that_are_not_one_for_each_class_are_refused_with_the_classes() {
        assertThat(ClassWeights.of("1,2.5,0.125").of(new int[] {1, 1, 1}, CLASSES))
                .containsExactly(1.0, 2.5, 0.125);
        assertThatThrownBy(() -> ClassWeights.of("1,2.5").of(new int[] {1, 1, 1}, CLASSES))
                .hasMessage("classWeights: 2 weights for 3 classes: give one for each of cat, dog, eel");
    }

    @Test
    void weights_that_are_no_numbers_above_0_are_refused() {
        assertThat(List.of("1,0", "1,-2", "1,NaN", "1,,2", "1", "Auto", "1;2", "", "1,1e7", "1, 2"))
                .allSatisfy(text -> assertThatThrownBy(() -> Preset.resolve("quick", Map.of("classWeights", text)))
                        .hasMessage(
                                "classWeights: expected none, auto, inverse, effective, or numbers above 0 with commas"
                                        + " between, one for each class, got \"" + text + "\""));
    }
}
