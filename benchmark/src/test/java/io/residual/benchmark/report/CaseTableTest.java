package io.residual.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.report.CaseTable.CaseResult;
import io.residual.benchmark.report.CaseTable.Comparison;
import io.residual.benchmark.report.CaseTable.Row;
import io.residual.benchmark.rounds.Contestant.Family;
import java.util.List;
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

    @Test
    void ratios_are_taken_within_a_precision() {
        CaseResult training = precise().cases().get(0);
        assertThat(row(training, "residual").toPyTorch()).isCloseTo((1.6 + 1.25) / 2, ROUNDING);
        assertThat(row(training, "residual-bf16").toPyTorch()).isCloseTo((1.2 + 3) / 2, ROUNDING);
        assertThat(row(training, "residual-bf16").toStock()).isNull();
        assertThat(row(training, "residual-bf16").ofLimit()).isNull();
        assertThat(row(training, "residual-bf16").ofPeak()).isNull();
    }

    /** 1200 / 1000 in the first round, where PyTorch is fastest in bf16, 900 / 480 in the second, where it is in DJL. */
    @Test
    void each_side_has_its_fastest_of_any_precision_in_each_round() {
        List<Comparison> comparisons = precise().cases().get(0).comparisons();
        assertThat(comparisons)
                .extracting(
                        Comparison::precision,
                        c -> c.ours().contestant(),
                        c -> c.other().contestant())
                .containsExactly(
                        tuple(Precision.F32, "residual", "djl"),
                        tuple(Precision.BF16, "residual-bf16", "pytorch-bf16"),
                        tuple(null, "residual-bf16", "pytorch-bf16"));
        assertThat(comparisons.get(0).ratio()).isCloseTo((1.6 + 1.25) / 2, ROUNDING);
        assertThat(comparisons.get(1).ratio()).isCloseTo((1.2 + 3) / 2, ROUNDING);
        assertThat(comparisons.get(2).ratio()).isCloseTo((1.2 + 900 / 480.0) / 2, ROUNDING);
    }

    /** numpy.quantile(range(1, 101), [0.5, 0.99], method="median_unbiased") is [50.5, 99.66333333]. */
    @Test
    void one_image_at_a_time_has_a_latency() {
        CaseResult single = precise().cases().get(2);
        assertThat(single.setting().batch()).isEqualTo(1);
        assertThat(row(single, "residual").latency().p50Millis()).isCloseTo(50.5, ROUNDING);
        assertThat(row(single, "residual").latency().p99Millis()).isCloseTo(99.66333333, within(1e-6));
        assertThat(row(single, "onnxruntime").latency().p50Millis()).isCloseTo(101, ROUNDING);
        assertThat(single.comparisons())
                .extracting(Comparison::precision, c -> c.other().family(), Comparison::ratio)
                .containsExactly(tuple(Precision.F32, Family.ONNX_RUNTIME, 2.0), tuple(null, Family.ONNX_RUNTIME, 2.0));
        assertThat(row("residual").latency()).isNull();
    }

    private static CaseTable precise() {
        return CaseTable.of(Fixture.inSeveralPrecisions());
    }

    private static Row row(CaseResult result, String contestant) {
        return result.rows().stream()
                .filter(r -> r.contestant().equals(contestant))
                .findFirst()
                .orElseThrow();
    }

    private CaseResult result(Task task) {
        return table.cases().stream().filter(c -> c.task() == task).findFirst().orElseThrow();
    }

    private Row row(String contestant) {
        return row(result(Task.TRAIN), contestant);
    }
}
