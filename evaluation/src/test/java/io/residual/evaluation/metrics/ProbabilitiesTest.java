package io.residual.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.evaluation.metrics.OneVersusRest.CurvePoint;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against scikit-learn, SciPy and PyTorch, by generate_probabilities.py beside the numbers. */
class ProbabilitiesTest {
    /** Double precision; sums in another order. */
    private static final double EXACT = 1e-12;

    private static JsonNode golden;
    private static Scores scores;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream json = ProbabilitiesTest.class.getResourceAsStream("probabilities.json")) {
            golden = new ObjectMapper().readTree(json);
        }
        scores = Scores.of(Golden.floats(golden.required("probabilities")), Golden.ints(golden.required("labels")));
    }

    @Test
    void areas_of_each_class_against_the_rest_are_those_of_scikit_learn() {
        for (int c = 0; c < 4; c++) {
            OneVersusRest rest = OneVersusRest.of(scores, c).orElseThrow();
            assertThat(rest.auc()).isCloseTo(golden.required("roc").get(c).doubleValue(), within(EXACT));
            assertThat(rest.averagePrecision())
                    .isCloseTo(golden.required("pr").get(c).doubleValue(), within(EXACT));
            assertThat(rest.roc()).startsWith(new CurvePoint(0, 0)).endsWith(new CurvePoint(1, 1));
        }
    }

    @Test
    void ties_make_one_step_and_count_half() {
        float[][] tied = {{0.5f, 0.5f}, {0.5f, 0.5f}, {0.25f, 0.75f}};
        OneVersusRest rest =
                OneVersusRest.of(Scores.of(tied, new int[] {0, 1, 1}), 0).orElseThrow();
        assertThat(rest.roc()).containsExactly(new CurvePoint(0, 0), new CurvePoint(0.5, 1), new CurvePoint(1, 1));
        assertThat(rest.auc()).isEqualTo(0.75);
    }

    @Test
    void a_class_that_is_absent_has_no_curves() {
        Scores without = Scores.of(new float[][] {{0.5f, 0.25f, 0.25f}, {0, 1, 0}}, new int[] {0, 1});
        assertThat(OneVersusRest.of(without, 2)).isEmpty();
    }

    @Test
    void calibration_is_that_of_scikit_learn_bin_by_bin() {
        JsonNode expected = golden.required("calibration");
        Calibration calibration = Calibration.of(scores);
        assertThat(calibration.bins())
                .extracting(Calibration.Bin::examples)
                .containsExactlyElementsOf(IntStream.of(Golden.ints(expected.required("counts")))
                        .mapToObj(n -> (long) n)
                        .toList());
        List<Calibration.Bin> filled =
                calibration.bins().stream().filter(bin -> bin.examples() > 0).toList();
        for (int i = 0; i < filled.size(); i++) {
            assertThat(filled.get(i).accuracy().orElseThrow())
                    .isCloseTo(expected.required("accuracy").get(i).doubleValue(), within(EXACT));
            assertThat(filled.get(i).confidence().orElseThrow())
                    .isCloseTo(expected.required("confidence").get(i).doubleValue(), within(EXACT));
        }
        assertThat(calibration.expectedCalibrationError())
                .isCloseTo(expected.required("ece").doubleValue(), within(EXACT));
        // Single-precision rows sum to 1 to 7 digits; scikit-learn divides by the sum.
        assertThat(calibration.negativeLogLikelihood())
                .isCloseTo(expected.required("nll").doubleValue(), within(1e-7));
        assertThat(calibration.brier()).isCloseTo(expected.required("brier").doubleValue(), within(EXACT));
    }

    @Test
    void an_empty_bin_is_undefined_and_the_upper_bound_belongs_to_the_bin() {
        Calibration calibration = Calibration.of(Scores.of(new float[][] {{1, 0}, {0.6f, 0.4f}}, new int[] {0, 1}));
        assertThat(calibration.bins().get(0).accuracy()).isEmpty();
        assertThat(calibration.bins().get(14).accuracy()).isEqualTo(OptionalDouble.of(1));
        // 0.6f is a little above 9/15.
        assertThat(calibration.bins().get(9).examples()).isEqualTo(1);
    }

    @Test
    void the_fitted_temperature_is_scipy_s_minimum() {
        JsonNode expected = golden.required("temperature");
        Temperature temperature = Temperature.fit(scores);
        assertThat(temperature.value()).isCloseTo(expected.required("value").doubleValue(), within(1e-6));
        assertThat(temperature.apply(scores).crossEntropyOfProbabilities())
                .isCloseTo(expected.required("nll").doubleValue(), within(1e-7));
    }

    @Test
    void a_temperature_changes_no_prediction_and_one_changes_nothing() {
        Scores hot = new Temperature(3).apply(scores);
        Scores same = new Temperature(1).apply(scores);
        for (int i = 0; i < scores.examples(); i++) {
            assertThat(hot.predicted(i)).isEqualTo(scores.predicted(i));
            assertThat(hot.highest(i)).isLessThanOrEqualTo(scores.highest(i));
            assertThat(same.highest(i)).isCloseTo(scores.highest(i), within(1e-6f));
        }
        assertThatThrownBy(() -> new Temperature(0)).hasMessageContaining("found 0.0");
    }

    @Test
    void mcnemar_s_exact_test_is_scipy_s_binomial_test() {
        for (JsonNode one : golden.required("mcnemar")) {
            PairedComparison pair = new PairedComparison(
                    one.required("n").longValue(),
                    one.required("b").longValue(),
                    one.required("c").longValue());
            assertThat(pair.mcNemar()).isCloseTo(one.required("p").doubleValue(), within(1e-12));
        }
        assertThat(new PairedComparison(9, 0, 0).mcNemar()).isEqualTo(1);
    }

    @Test
    void the_bootstrap_interval_is_scipy_s_but_for_chance_and_the_same_for_a_seed() {
        PairedComparison pair = new PairedComparison(1000, 38, 61);
        JsonNode expected = golden.required("bootstrap");
        PairedComparison.Interval interval = pair.bootstrap(11);
        // Both are made of some 10,000 draws whose percentiles differ by a few examples of 1000.
        assertThat(interval.low()).isCloseTo(expected.required("low").doubleValue(), within(0.0021));
        assertThat(interval.high()).isCloseTo(expected.required("high").doubleValue(), within(0.0021));
        assertThat(pair.bootstrap(11)).isEqualTo(interval);
        assertThat(pair.difference()).isCloseTo(0.023, within(EXACT));
    }

    @Test
    void a_comparison_counts_what_only_one_has_right() {
        int[] labels = {0, 0, 1, 1, 1};
        Scores first = Scores.of(new float[][] {{1, 0}, {1, 0}, {1, 0}, {0, 1}, {1, 0}}, labels);
        Scores second = Scores.of(new float[][] {{1, 0}, {0, 1}, {0, 1}, {0, 1}, {0, 1}}, labels);
        assertThat(PairedComparison.of(first, second)).isEqualTo(new PairedComparison(5, 1, 2));
        Scores other = Scores.of(new float[][] {{1, 0}}, new int[] {0});
        assertThatThrownBy(() -> PairedComparison.of(first, other)).hasMessageContaining("same examples");
    }
}
