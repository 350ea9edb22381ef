package io.residual.training.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrainingLoopTest {
    @Test
    void a_clock_that_stands_still_or_is_set_back_gives_a_finite_rate() {
        assertThat(TrainingLoop.seconds(5_000_000_000L, 7_500_000_000L)).isEqualTo(2.5);
        for (long end : new long[] {5_000_000_000L, 4_000_000_000L}) {
            double seconds = TrainingLoop.seconds(5_000_000_000L, end);
            assertThat(new EpochMetrics(1, 0.1, 1, 0.5, 1, 0.5, 60_000 / seconds, seconds).epochSeconds())
                    .isPositive();
        }
    }
}
