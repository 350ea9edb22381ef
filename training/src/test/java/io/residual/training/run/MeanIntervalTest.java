package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class MeanIntervalTest {
    @ParameterizedTest
    @CsvFileSource(resources = "intervals.csv", numLinesToSkip = 1)
    void the_interval_is_scipy_s(double low, double mean, double high, String values) {
        List<Double> sample =
                Stream.of(values.split(" ", -1)).map(Double::valueOf).toList();

        MeanInterval interval = MeanInterval.of(sample).orElseThrow();

        double tolerance = 1e-8 * (high - low); // the quantile is found by iteration, to less than 64 bits
        assertThat(interval.low()).isCloseTo(low, within(tolerance));
        assertThat(interval.mean()).isCloseTo(mean, within(tolerance));
        assertThat(interval.high()).isCloseTo(high, within(tolerance));
        assertThat(interval.seeds()).isEqualTo(sample.size());
    }

    @Test
    void one_value_has_no_interval() {
        assertThat(MeanInterval.of(List.of(0.91))).isEmpty();
        assertThat(MeanInterval.of(List.of())).isEmpty();
    }

    @Test
    void equal_values_have_an_interval_of_no_width() {
        assertThat(MeanInterval.of(List.of(2.5, 2.5, 2.5))).contains(new MeanInterval(2.5, 2.5, 2.5, 3));
    }

    @Test
    void an_interval_of_nan_is_refused() {
        assertThatThrownBy(() -> MeanInterval.of(List.of(1.0, Double.NaN)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no interval: NaN");
    }
}
