package io.residual.evaluation.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WilsonIntervalTest {
    @Test
    void bounds_are_those_of_scipy_at_every_level() throws Exception {
        JsonNode golden = Golden.read("wilson");
        assertThat(golden).hasSizeGreaterThan(5);
        for (JsonNode one : golden) {
            WilsonInterval interval = WilsonInterval.of(
                    one.required("successes").longValue(),
                    one.required("trials").longValue(),
                    one.required("level").doubleValue());

            // Both take a quantile of the normal distribution, by different approximations.
            assertThat(interval.low()).isCloseTo(one.required("low").doubleValue(), within(1e-14));
            assertThat(interval.high()).isCloseTo(one.required("high").doubleValue(), within(1e-14));
        }
    }

    @Test
    void the_level_is_95_percent_unless_another_is_asked_for() {
        assertThat(WilsonInterval.of(21, 31))
                .isEqualTo(WilsonInterval.of(21, 31, 0.95))
                .hasToString("95 % interval 0.5014 to 0.8143");
        assertThat(WilsonInterval.of(17, 1000, 0.999)).hasToString("99.9 % interval 0.0078 to 0.0365");
        assertThat(WilsonInterval.of(1, 3, 0.5).toString()).startsWith("50 % interval");
    }

    @Test
    void the_bounds_end_exactly_at_zero_and_one() {
        assertThat(WilsonInterval.of(0, 10_000).low()).isZero();
        assertThat(WilsonInterval.of(10_000, 10_000).high()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "-1,3", "4,3"})
    void what_is_no_count_is_rejected(long successes, long trials) {
        assertThatThrownBy(() -> WilsonInterval.of(successes, trials))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a count of successes in trials: " + successes + " in " + trials);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.5, 95, Double.NaN})
    void a_level_outside_zero_and_one_is_rejected(double level) {
        assertThatThrownBy(() -> WilsonInterval.of(1, 3, level))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the confidence level must be in (0, 1), found " + level);
    }

    @Test
    void bounds_that_are_none_are_rejected() {
        assertThatThrownBy(() -> new WilsonInterval(0.7, 0.3, 0.95)).hasMessage("not bounds in [0, 1]: 0.7 and 0.3");
        assertThatThrownBy(() -> new WilsonInterval(Double.NaN, 0.3, 0.95))
                .hasMessage("not bounds in [0, 1]: NaN and 0.3");
    }
}
