package io.residual.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class TicksTest {
    private static List<String> labels(Axis axis, int atMost, double... data) {
        return axis.scale(DoubleStream.of(data), 0, 100, atMost).ticks().stream()
                .map(Tick::label)
                .toList();
    }

    @Test
    void linear_ticks_are_multiples_of_1_2_or_5_times_a_power_of_ten() {
        assertThat(labels(Axis.linear("x"), 7, 0.03, 0.94)).containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1.0");
        assertThat(labels(Axis.linear("x"), 6, -3, 17)).containsExactly("-5", "0", "5", "10", "15", "20");
        assertThat(labels(Axis.linear("x"), 4, 0, 58_000)).containsExactly("0", "20,000", "40,000", "60,000");
    }

    @Test
    void labels_are_exact_where_binary_sums_are_not() {
        assertThat(labels(Axis.linear("x").between(0, 0.3), 4)).containsExactly("0", "0.1", "0.2", "0.3");
        assertThat(labels(Axis.linear("x").between(0, 3e-5), 4)).containsExactly("0", "1e-5", "2e-5", "3e-5");
    }

    @Test
    void a_given_range_is_kept_and_ticks_lie_within_it() {
        Scale scale = Axis.linear("x").between(0.85, 0.93).scale(DoubleStream.of(-50, 50), 10, 170, 5);
        assertThat(scale.range()).isEqualTo(new Range(0.85, 0.93));
        assertThat(scale.ticks()).extracting(Tick::label).containsExactly("0.86", "0.88", "0.90", "0.92");
        assertThat(scale.at(0.85)).isEqualTo(10);
        assertThat(scale.at(0.93)).isEqualTo(170);
    }

    @Test
    void logarithmic_ticks_are_decades_and_2_and_5_times_them_where_there_is_room() {
        assertThat(labels(Axis.log("rate").between(1e-5, 1), 9))
                .containsExactly("1e-5", "1e-4", "0.001", "0.01", "0.1", "1");
        assertThat(labels(Axis.log("rate").between(0.015, 0.6), 9))
                .containsExactly("0.02", "0.05", "0.1", "0.2", "0.5");
        assertThat(labels(Axis.log("rate").between(1e-12, 1e6), 7))
                .containsExactly("1e-12", "1e-9", "1e-6", "0.001", "1", "1,000", "1e6");
    }

    @Test
    void within_a_third_of_a_decade_logarithmic_ticks_are_linear_ones() {
        assertThat(labels(Axis.log("rate").between(0.21, 0.44), 5)).containsExactly("0.3", "0.4");
    }

    @Test
    void a_logarithmic_scale_puts_the_geometric_mean_in_the_middle_also_upside_down() {
        Scale scale = Axis.log("rate").between(1e-3, 10).scale(DoubleStream.empty(), 300, 20, 6);
        assertThat(scale.at(0.1)).isCloseTo(160, within(1e-9));
        assertThat(scale.at(1)).isCloseTo(90, within(1e-9));
    }

    @Test
    void one_value_alone_gets_room_around_it() {
        assertThat(Axis.linear("x").scale(DoubleStream.of(8, 8), 0, 1, 5).range())
                .satisfies(range -> assertThat(range.low()).isLessThan(8))
                .satisfies(range -> assertThat(range.high()).isGreaterThan(8));
    }

    @Test
    void values_without_a_place_are_refused() {
        assertThatThrownBy(() -> Axis.log("rate").scale(DoubleStream.of(0.1, 0), 0, 1, 5))
                .hasMessage("a logarithmic axis has no place for 0.0");
        assertThatThrownBy(() -> Axis.linear("x").scale(DoubleStream.of(1, Double.NaN), 0, 1, 5))
                .hasMessageStartingWith("not a range");
    }

    @Test
    void categories_stand_half_a_step_from_the_ends() {
        Scale scale =
                Axis.categories("optimiser", List.of("sgd", "adam", "lars")).scale(DoubleStream.of(0, 1), 0, 90, 5);
        assertThat(scale.at(0)).isEqualTo(15);
        assertThat(scale.at(2)).isEqualTo(75);
        assertThat(scale.ticks()).extracting(Tick::label).containsExactly("sgd", "adam", "lars");
    }
}
