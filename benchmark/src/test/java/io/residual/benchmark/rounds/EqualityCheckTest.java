package io.residual.benchmark.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Program.PythonProgram;
import io.residual.benchmark.rounds.Results.EqualityResult;
import io.residual.benchmark.rounds.Results.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EqualityCheckTest {
    private static final Case CASE = new Case(Model.RESNET_18, 28, 4, 8);
    private static final Contestant TRAINER = contestant("first", Precision.F32, Set.of(Task.values()));
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

    /** 8 bits of a factor leave two to three decimals of the outputs. */
    @Test
    void bf16_may_differ_more_but_not_by_anything() {
        Measurement rough = answer(List.of(0.48, -2.0, 1.0), List.of(2.0, 4.2), 30);
        assertThat(against(Precision.BF16, rough).verdict()).isEqualTo(Verdict.SAME);
        assertThat(against(Precision.F32, rough).verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(against(Precision.BF16, answer(List.of(0.5, -2.04, 1.0), List.of(2.0, 4.0), 30))
                        .verdict())
                .isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void who_does_not_train_has_no_losses_to_compare_and_is_no_reference() {
        Contestant onnx = contestant("onnx", Precision.F32, Set.of(Task.INFER, Task.CHECK));
        Map<Contestant, Measurement> answers = new LinkedHashMap<>();
        answers.put(onnx, answer(List.of(0.5, -2.0, 1.0), List.of(), 30));
        answers.put(TRAINER, REFERENCE);
        List<EqualityResult> checks = EqualityCheck.compare(CASE, answers);
        assertThat(checks).allSatisfy(c -> {
            assertThat(c.reference()).isEqualTo("first");
            assertThat(c.verdict()).isEqualTo(Verdict.SAME);
        });
        assertThat(checks.get(0).lossDifference()).isNull();
    }

    @Test
    void who_trains_has_losses() {
        assertThat(against(answer(List.of(0.5, -2.0, 1.0), List.of(), 30)).verdict())
                .isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void cases_are_checked_with_few_images_but_never_with_one() {
        assertThat(EqualityCheck.small(new Case(Model.RESNET_18, 28, 256, 64)).batch())
                .isEqualTo(64);
        assertThat(EqualityCheck.small(new Case(Model.RESNET_18, 28, 1, 64)).batch())
                .isEqualTo(64);
        assertThat(EqualityCheck.small(CASE).batch()).isEqualTo(4);
    }

    private static EqualityResult against(Measurement other) {
        return against(Precision.F32, other);
    }

    private static EqualityResult against(Precision precision, Measurement other) {
        Map<Contestant, Measurement> answers = new LinkedHashMap<>();
        answers.put(TRAINER, REFERENCE);
        answers.put(contestant("other", precision, Set.of(Task.values())), other);
        List<EqualityResult> checks = EqualityCheck.compare(CASE, answers);
        assertThat(checks).extracting(EqualityResult::contestant).containsExactly("first", "other");
        return checks.get(1);
    }

    private static Contestant contestant(String name, Precision precision, Set<Task> tasks) {
        PythonProgram program = new PythonProgram("v", "python", "script");
        return new Contestant(name, Family.PYTORCH, precision, "", program, Map.of(), tasks, null);
    }

    private static Measurement answer(List<Double> outputs, List<Double> losses, long parameters) {
        return new Measurement(List.of(), outputs, losses, parameters, null, Map.of());
    }
}
