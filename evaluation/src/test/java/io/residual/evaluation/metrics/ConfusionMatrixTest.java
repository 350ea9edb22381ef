package io.residual.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.residual.training.metrics.ClassMetrics;
import io.residual.training.metrics.ConfusionMatrix;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfusionMatrixTest {
    private static final ConfusionMatrix LOPSIDED = Golden.counts(new long[][] {{5, 1, 0}, {2, 7, 3}, {0, 4, 9}});

    @ParameterizedTest
    @ValueSource(strings = {"three", "ten", "absent"})
    void rates_are_those_of_scikit_learn_and_undefined_where_it_asks_what_to_put(String name) throws Exception {
        JsonNode golden = Golden.read("matrices").required(name);
        ConfusionMatrix matrix = Golden.counts(golden);

        assertThat(matrix.accuracy()).hasValue(golden.required("accuracy").doubleValue());
        for (int c = 0; c < matrix.classes(); c++) {
            ClassMetrics metrics = matrix.metrics(c);
            assertThat(metrics.support())
                    .isEqualTo(golden.required("support").get(c).longValue());
            assertSame(metrics.precision(), golden.required("precision").get(c));
            assertSame(metrics.recall(), golden.required("recall").get(c));
            assertSame(metrics.f1(), golden.required("f1").get(c));
        }
        assertSame(matrix.balancedAccuracy(), golden.required("balanced_accuracy"));
        assertSame(matrix.matthews(), golden.required("matthews"));
        JsonNode macro = golden.required("macro");
        assertSame(matrix.macroAverage().precision(), macro.required("precision"));
        assertSame(matrix.macroAverage().recall(), macro.required("recall"));
        assertSame(matrix.macroAverage().f1(), macro.required("f1"));
    }

    private static void assertSame(OptionalDouble found, JsonNode golden) {
        assertThat(found.isPresent()).isEqualTo(!golden.isNull());
        // The order of a sum differs.
        found.ifPresent(value -> assertThat(value).isCloseTo(golden.doubleValue(), within(1e-15)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"three", "ten", "absent"})
    void labels_are_counted_with_the_actual_class_in_the_row(String name) throws Exception {
        JsonNode golden = Golden.read("matrices").required(name);
        ConfusionMatrix expected = Golden.counts(golden);

        assertThat(ConfusionMatrix.ofLabels(
                        expected.classes(),
                        Golden.ints(golden.required("actual")),
                        Golden.ints(golden.required("predicted"))))
                .isEqualTo(expected);
    }

    @Test
    void a_macro_average_leaves_undefined_rates_out_where_scikit_learn_counts_them_as_zero() throws Exception {
        JsonNode golden = Golden.read("matrices").required("ten");
        ConfusionMatrix matrix = Golden.counts(golden);

        double zeroFilled = golden.required("macro_zero").required("precision").doubleValue();
        assertThat(matrix.macroAverage().precision().orElseThrow()).isCloseTo(zeroFilled * 10 / 9, within(1e-15));
        assertThat(matrix.metrics(4).precision()).as("never predicted").isEmpty();
        assertThat(matrix.metrics(4).recall()).hasValue(0);
        assertThat(matrix.metrics(4).f1()).hasValue(0);
        assertThat(matrix.metrics(7).recall()).as("never present").isEmpty();
    }

    @Test
    void matthews_correlation_is_undefined_where_classes_or_predictions_do_not_vary() {
        assertThat(Golden.counts(new long[][] {{3, 0}, {5, 0}}).matthews()).isEmpty();
        assertThat(Golden.counts(new long[][] {{3, 5}, {0, 0}}).matthews()).isEmpty();
        assertThat(Golden.counts(new long[2][2]).matthews()).isEmpty();
        assertThat(Golden.counts(new long[][] {{0, 3}, {5, 0}}).matthews()).hasValue(-1);
    }

    @Test
    void a_transposed_matrix_swaps_precision_and_recall() {
        ConfusionMatrix transposed = Golden.counts(new long[][] {{5, 2, 0}, {1, 7, 4}, {0, 3, 9}});

        assertThat(transposed.metrics(0).recall()).isEqualTo(LOPSIDED.metrics(0).precision());
        assertThat(transposed.metrics(0).recall())
                .isNotEqualTo(LOPSIDED.metrics(0).recall());
        assertThat(transposed).isNotEqualTo(LOPSIDED);
    }

    @Test
    void parts_add_up_to_the_whole() {
        ConfusionMatrix one = ConfusionMatrix.ofLabels(3, new int[] {0, 2, 2}, new int[] {1, 1, 2});
        ConfusionMatrix two = ConfusionMatrix.ofLabels(3, new int[] {1}, new int[] {0});

        assertThat(one.plus(two))
                .isEqualTo(ConfusionMatrix.ofLabels(3, new int[] {0, 2, 2, 1}, new int[] {1, 1, 2, 0}))
                .hasToString("[[0, 1, 0], [1, 0, 0], [0, 1, 1]]")
                .hasSameHashCodeAs(two.plus(one));
    }

    @Test
    void a_matrix_without_examples_has_no_accuracy() {
        ConfusionMatrix none = ConfusionMatrix.ofLabels(2, new int[0], new int[0]);

        assertThat(none.accuracy()).isEmpty();
        assertThat(none.macroAverage().f1()).isEmpty();
    }

    @Test
    void labels_out_of_range_are_rejected_with_their_place() {
        assertThatThrownBy(() -> ConfusionMatrix.ofLabels(0, new int[0], new int[0]))
                .hasMessage("there must be at least one class, found 0");
        assertThatThrownBy(() -> ConfusionMatrix.ofLabels(3, new int[] {0, 1}, new int[] {0}))
                .hasMessage("2 actual classes do not match 1 predicted ones");
        assertThatThrownBy(() -> ConfusionMatrix.ofLabels(3, new int[] {0, 1}, new int[] {0, 3}))
                .hasMessage("the predicted class of example 1 is 3, expected one in [0, 3)");
        assertThatThrownBy(() -> ConfusionMatrix.ofLabels(3, new int[] {-1}, new int[] {0}))
                .hasMessage("the actual class of example 0 is -1, expected one in [0, 3)");
        assertThatThrownBy(() -> LOPSIDED.plus(Golden.counts(new long[][] {{1}})))
                .hasMessage("a matrix of 3 classes cannot be added to one of 1");
    }
}
