package io.residual.laboratory.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoodRangeTest {
    private static final List<Double> RATES = List.of(0.01, 0.1, 1.0, 10.0);

    @Test
    void the_range_ends_where_the_line_between_two_rates_falls_below() {
        // Best 0.90 at 0.1. To the left it falls by 0.04 a decade, to the right by 0.02: a quarter and half a decade.
        assertThat(GoodRange.decades(RATES, List.of(0.86, 0.90, 0.88, 0.10), 0.01))
                .isCloseTo(0.75, within(1e-12));
    }

    @Test
    void a_range_that_holds_several_rates_goes_on_behind_them() {
        assertThat(GoodRange.decades(RATES, List.of(0.895, 0.90, 0.892, 0.852), 0.01))
                .isCloseTo(2.05, within(1e-12));
    }

    @Test
    void a_range_ends_with_the_rates_that_were_tried() {
        assertThat(GoodRange.decades(RATES, List.of(0.9, 0.9, 0.9, 0.9), 0.01)).isEqualTo(3);
        assertThat(GoodRange.decades(RATES, List.of(0.5, 0.6, 0.7, 0.9), 0.01)).isCloseTo(0.05, within(1e-12));
    }

    @Test
    void a_second_good_rate_behind_a_bad_one_does_not_count() {
        assertThat(GoodRange.decades(RATES, List.of(0.90, 0.50, 0.90, 0.895), 0.01))
                .isCloseTo(0.025, within(1e-12));
    }

    @Test
    void the_share_counts_settings_wherever_they_stand() {
        assertThat(GoodRange.share(List.of(0.90, 0.50, 0.895, 0.88), 0.01)).isEqualTo(0.5);
    }
}
