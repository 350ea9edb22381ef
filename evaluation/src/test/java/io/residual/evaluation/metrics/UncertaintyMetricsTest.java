package io.residual.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.evaluation.metrics.CoverageCheck.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against NumPy, SciPy and scikit-learn in float64, by generate_uncertainty.py beside the numbers. */
class UncertaintyMetricsTest {
    private static final double EXACT = 1e-12;

    private static JsonNode golden;
    private static List<Float> calibration;
    private static Scores checked;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream json = UncertaintyMetricsTest.class.getResourceAsStream("uncertainty.json")) {
            golden = new ObjectMapper().readTree(json);
        }
        Scores probabilities = Scores.of(
                        Golden.floats(golden.required("calibration")),
                        Golden.ints(golden.required("calibrationLabels")))
                .softmax();
        calibration = IntStream.range(0, probabilities.examples())
                .mapToObj(i -> probabilities.score(i, probabilities.label(i)))
                .sorted()
                .toList();
        checked = Scores.of(Golden.floats(golden.required("checked")), Golden.ints(golden.required("labels")));
    }

    @Test
    void sets_have_the_threshold_and_the_classes_that_numpy_finds_in_float64() {
        for (JsonNode expected : golden.required("sets")) {
            PredictionSets sets = PredictionSets.fit(
                    calibration, expected.required("coverage").doubleValue());
            assertThat(sets.rank()).isEqualTo(expected.required("rank").intValue());
            assertThat(1 - (double) sets.threshold())
                    .isCloseTo(expected.required("quantile").doubleValue(), within(EXACT));

            CoverageCheck check = CoverageCheck.of(sets, checked.softmax());
            assertThat(check.covered()).isEqualTo(expected.required("covered").longValue());
            assertThat(check.meanSize()).isCloseTo(expected.required("meanSize").doubleValue(), within(EXACT));
            assertThat(check.empty()).isEqualTo(expected.required("empty").longValue());
            assertThat(check.single()).isEqualTo(expected.required("single").longValue());
            for (int c = 0; c < 4; c++) {
                assertThat(check.classes().get(c).coverage().orElseThrow())
                        .isCloseTo(expected.required("classes").get(c).doubleValue(), within(EXACT));
            }
            assertThat(check.expected().low())
                    .isCloseTo(expected.required("expected").get(0).doubleValue(), within(EXACT));
            assertThat(check.expected().high())
                    .isCloseTo(expected.required("expected").get(1).doubleValue(), within(EXACT));
        }
    }

    @Test
    void energies_are_scipy_s_and_their_area_is_scikit_learn_s() {
        float[] all = new float[checked.examples()];
        int half = all.length / 2;
        for (int i = 0; i < all.length; i++) {
            float energy = Logits.energy(checked.row(i));
            // Float rounding of numbers up to 10.
            assertThat((double) energy)
                    .isCloseTo(golden.required("energy").get(i).doubleValue(), within(1e-6));
            all[i] = i < half
                    ? energy
                    : golden.required("outliers").get(i - half).floatValue();
        }
        assertThat(OneVersusRest.of(all, i -> i >= half).orElseThrow().auc())
                .isCloseTo(golden.required("auroc").doubleValue(), within(EXACT));
        assertThat(Logits.energy(new float[] {1000, 1000})).isCloseTo(-1000 - (float) Math.log(2), within(1e-4f));
    }

    @Test
    void a_coverage_that_too_few_images_cannot_give_names_the_number_that_could() {
        List<Float> hundred = Collections.nCopies(100, 0.5f);
        assertThatThrownBy(() -> PredictionSets.fit(hundred, 0.999))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "coverage: 0.999 needs at least 999 calibration images, there are 100: ask for a coverage of at"
                                + " most 0.99, or hold back more images");
        assertThat(PredictionSets.canFit(999, 0.999)).isTrue();
        assertThat(PredictionSets.canFit(998, 0.999)).isFalse();
        // 100 x 0.07 is 7.000000000000001 in doubles.
        assertThat(PredictionSets.fit(Collections.nCopies(99, 0.5f), 0.07).rank())
                .isEqualTo(7);
    }

    @Test
    void a_verdict_says_whether_chance_explains_the_coverage() {
        PredictionSets sets = new PredictionSets(0.9, 0.2f, 901, 1000);
        assertThat(covered(sets, 905).verdict()).isEqualTo(Verdict.AS_STATED);
        assertThat(covered(sets, 850).verdict()).isEqualTo(Verdict.BELOW);
        assertThat(covered(sets, 950).verdict()).isEqualTo(Verdict.ABOVE);
        // Within the expected range, though outside of the interval that knows nothing of the calibration images.
        assertThat(covered(sets, 877).verdict()).isEqualTo(Verdict.AS_STATED);
        assertThat(covered(sets, 877).interval().high()).isLessThan(0.9);
    }

    private static CoverageCheck covered(PredictionSets sets, long covered) {
        return new CoverageCheck(sets, 1000, covered, 0, 1000, 1, List.of());
    }

    @Test
    void an_image_without_a_likely_class_has_an_empty_set() {
        PredictionSets sets = new PredictionSets(0.9, 0.5f, 9, 9);
        assertThat(sets.of(new float[] {0.4f, 0.35f, 0.25f})).isEmpty();
        assertThat(sets.of(new float[] {0.5f, 0.5f, 0})).containsExactly(0, 1);
        assertThatThrownBy(() -> new PredictionSets(1, 0.5f, 9, 9)).hasMessageContaining("found 1.0");
    }
}
