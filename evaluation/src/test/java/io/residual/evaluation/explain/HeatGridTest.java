package io.residual.evaluation.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HeatGridTest {
    private final HeatGrid grid = new HeatGrid(2, 3, new float[] {0, 1, 2, 8, 4, 0});

    @Test
    void at_the_centre_of_a_cell_the_share_is_the_cell_s() {
        assertThat(grid.relativeHeat(0.75, 1 / 6.0)).isEqualTo(1);
        assertThat(grid.relativeHeat(0.25, 0.5)).isCloseTo(1 / 8f, within(1e-6f));
    }

    @Test
    void between_centres_it_is_interpolated_in_both_directions() {
        // Half-way between all of 0, 1, 8 and 4.
        assertThat(grid.relativeHeat(0.5, 1 / 3.0)).isCloseTo(13 / 4f / 8, within(1e-6f));
    }

    @Test
    void beyond_the_outer_centres_it_stays_as_it_is() {
        assertThat(grid.relativeHeat(1, 0)).isEqualTo(1);
        assertThat(grid.relativeHeat(0, 1)).isCloseTo(2 / 8f, within(1e-6f));
    }

    @Test
    void where_nothing_speaks_for_the_class_all_is_cold() {
        assertThat(new HeatGrid(1, 2, new float[] {0, 0}).relativeHeat(0.5, 0.5))
                .isZero();
    }

    @Test
    void values_that_are_no_heat_are_rejected() {
        assertThatThrownBy(() -> new HeatGrid(1, 2, new float[] {1, Float.NaN})).hasMessageContaining("found NaN");
        assertThatThrownBy(() -> new HeatGrid(2, 2, new float[3])).hasMessageStartingWith("3 values are not a grid");
    }
}
