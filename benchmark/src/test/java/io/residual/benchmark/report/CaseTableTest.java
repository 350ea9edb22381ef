package io.residual.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.report.CaseTable.CaseResult;
import io.residual.benchmark.report.CaseTable.Row;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CaseTableTest {
    private static final Offset<Double> ROUNDING = within(1e-9);
    private final CaseTable table = CaseTable.of(Fixture.results());

    @Test
    void the_fastest_comes_first() {
        assertThat(result(Task.TRAIN).rows())
                .extracting(Row::contestant)
                .containsExactly("residual", "djl", "pytorch", "stock");
    }

    @Test
    void a_rate_is_the_median_step_and_the_spread_is_over_the_rounds() {
        Row residual = row("residual");
        assertThat(residual.imagesPerSecond().median()).isCloseTo(700, ROUNDING);
        assertThat(residual.imagesPerSecond().min()).isCloseTo(600, ROUNDING);
        assertThat(residual.imagesPerSecond().max()).isCloseTo(800, ROUNDING);
        assertThat(residual.peakResidentBytes()).isEqualTo(2_500_000_000L);
    }

    /** 800 / 500 in the first round, where PyTorch in Python was faster, 600 / 480 in the second, where DJL was. */
    @Test
    void the_best_pytorch_is_found_again_in_each_round() {
        assertThat(row("residual").toPyTorch()).isCloseTo((1.6 + 1.25) / 2, ROUNDING);
        assertThat(row("djl").toPyTorch()).isCloseTo((0.8 + 1) / 2, ROUNDING);
    }

    @Test
    void the_ratio_is_the_median_of_the_ratios_not_the_ratio_of_the_medians() {
        assertThat(row("residual").toStock()).isCloseTo((16 + 10) / 2.0, ROUNDING);
        assertThat(700 / 55.0).isNotCloseTo(13, within(0.1));
    }

    @Test
    void the_share_of_the_limit_is_taken_within_a_round() {
        assertThat(row("residual").ofLimit()).isCloseTo((0.5 + 0.6) / 2, ROUNDING);
    }

    @Test
    void the_share_of_the_peak_counts_two_operations_for_a_multiply_add() {
        assertThat(row("residual").ofPeak()).isCloseTo((0.4 + 0.3) / 2, ROUNDING);
    }

    @Test
    void inference_has_the_forward_limit_and_no_ratio_to_what_was_not_measured() {
        CaseResult inference = result(Task.INFER);
        assertThat(inference.rows()).hasSize(1);
        Row only = inference.rows().get(0);
        assertThat(only.toPyTorch()).isNull();
        assertThat(only.toStock()).isNull();
        assertThat(only.ofLimit()).isCloseTo(3000 / 6400.0, ROUNDING);
    }

    private CaseResult result(Task task) {
        return table.cases().stream().filter(c -> c.task() == task).findFirst().orElseThrow();
    }

    private Row row(String contestant) {
        return result(Task.TRAIN).rows().stream()
                .filter(r -> r.contestant().equals(contestant))
                .findFirst()
                .orElseThrow();
    }
}
