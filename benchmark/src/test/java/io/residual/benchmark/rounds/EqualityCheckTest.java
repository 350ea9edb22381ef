package io.residual.benchmark.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.rounds.Results.EqualityResult;
import io.residual.benchmark.rounds.Results.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EqualityCheckTest {
    private static final Measurement REFERENCE = answer(List.of(0.5, -2.0, 1.0), List.of(2.0, 4.0), 30);

    @Test
    void rounding_is_the_same_network() {
        EqualityResult checked = against(answer(List.of(0.5, -2.0005, 1.0), List.of(2.0, 4.02), 30));
        assertThat(checked.verdict()).isEqualTo(Verdict.SAME);
        assertThat(checked.reference()).isEqualTo("first");
        assertThat(checked.outputDifference()).isCloseTo(0.0005, within(1e-12));
        assertThat(checked.lossDifference()).isCloseTo(0.005, within(1e-12));
    }

    @Test
    void one_output_that_is_off_is_another_network() {
        assertThat(against(answer(List.of(0.5, -2.0, 1.002), List.of(2.0, 4.0), 30))
                        .verdict())
                .isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void another_second_loss_is_another_gradient() {
        assertThat(against(answer(List.of(0.5, -2.0, 1.0), List.of(2.0, 3.9), 30))
                        .verdict())
                .isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void another_count_of_parameters_is_another_network() {
        assertThat(against(answer(List.of(0.5, -2.0, 1.0), List.of(2.0, 4.0), 31))
                        .verdict())
                .isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void not_a_number_and_missing_outputs_never_pass() {
        assertThat(against(answer(List.of(0.5, Double.NaN, 1.0), List.of(2.0, 4.0), 30))
                        .verdict())
                .isEqualTo(Verdict.DIFFERENT);
        assertThat(against(answer(List.of(0.5, -2.0), List.of(2.0, 4.0), 30)).verdict())
                .isEqualTo(Verdict.DIFFERENT);
    }

    private static EqualityResult against(Measurement other) {
        Map<String, Measurement> answers = new LinkedHashMap<>();
        answers.put("first", REFERENCE);
        answers.put("other", other);
        List<EqualityResult> checks = EqualityCheck.compare(new Case(Model.RESNET_18, 28, 4, 8), answers);
        assertThat(checks).extracting(EqualityResult::contestant).containsExactly("first", "other");
        return checks.get(1);
    }

    private static Measurement answer(List<Double> outputs, List<Double> losses, long parameters) {
        return new Measurement(List.of(), outputs, losses, parameters, null, Map.of());
    }
}
