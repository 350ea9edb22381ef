package io.residual.benchmark.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.benchmark.rounds.BackgroundWatch.CpuTime;
import org.junit.jupiter.api.Test;

class BackgroundWatchTest {
    private static final String SELF = "77 (a (strange) name) S 1 77 77 0 -1 4194304 9 9 0 0 %d %d %d %d 20 0 33 0";

    /** proc(5): user nice system idle iowait irq softirq steal guest guest_nice. */
    @Test
    void what_neither_idles_nor_is_our_own_belongs_to_others() {
        CpuTime before = CpuTime.of("cpu  100 10 20 5000 30 1 2 4 50 0\ncpu0 9 9 9\n", SELF.formatted(40, 5, 6, 7));
        assertThat(before).isEqualTo(new CpuTime(5167, 137, 58));
        CpuTime after = CpuTime.of("cpu  160 10 30 5100 40 1 2 24 50 0\ncpu0 9 9 9\n", SELF.formatted(50, 5, 56, 7));
        // 200 ticks went by: 110 idle or waiting, 60 ours, 20 to other guests of the host, 10 to other processes.
        assertThat(after.otherShareSince(before)).isCloseTo(30 / 200.0, within(1e-12));
    }

    @Test
    void the_rounding_of_ticks_gives_no_negative_share() {
        CpuTime before = new CpuTime(1000, 500, 400);
        assertThat(new CpuTime(1010, 505, 406).otherShareSince(before)).isZero();
    }

    @Test
    void known_work_is_timed_until_the_watch_is_stopped() throws InterruptedException {
        try (BackgroundWatch watch = new BackgroundWatch()) {
            Thread.sleep(50);
            Background background = watch.stop();
            assertThat(background.knownWorkSeconds()).isBetween(1e-5, 1.0);
        }
    }
}
