package io.residual.benchmark.measurement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MeasurementPlanTest {
    @Test
    void the_warm_up_is_run_but_not_returned() {
        AtomicInteger steps = new AtomicInteger();
        List<Double> durations = new MeasurementPlan(0, 2, 0, 3).time(steps::incrementAndGet);
        assertThat(durations).hasSize(3).allMatch(seconds -> seconds >= 0);
        assertThat(steps).hasValue(5);
    }

    @Test
    void steps_continue_until_the_seconds_are_over() {
        List<Double> durations = new MeasurementPlan(0, 1, 0.05, 1).time(() -> {});
        assertThat(durations.stream().mapToDouble(d -> d).sum()).isGreaterThanOrEqualTo(0.0499);
        assertThat(durations).hasSizeGreaterThan(1);
    }

    @Test
    void not_a_number_is_no_duration() {
        assertThatIllegalArgumentException().isThrownBy(() -> new MeasurementPlan(Double.NaN, 1, 1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MeasurementPlan(1, 1, 2, 0))
                .withMessage(
                        "a measurement needs seconds of at least 0 and iterations of at least 1, got 1.0 s and 1 of warm-up,"
                                + " 2.0 s and 0 timed");
    }
}
