package io.residual.benchmark.measurement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void the_median_of_an_odd_count_is_the_middle_number() {
        assertThat(Summary.of(List.of(9.0, 1.0, 4.0))).isEqualTo(new Summary(4, 1, 9));
    }

    @Test
    void the_median_of_an_even_count_is_the_mean_of_the_middle_two() {
        assertThat(Summary.of(List.of(9.0, 1.0, 5.0, 2.0))).isEqualTo(new Summary(3.5, 1, 9));
    }

    @Test
    void one_number_is_its_own_median() {
        assertThat(Summary.of(List.of(7.0))).isEqualTo(new Summary(7, 7, 7));
    }

    @Test
    void no_numbers_and_not_a_number_have_no_median() {
        assertThatIllegalArgumentException().isThrownBy(() -> Summary.of(List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Summary.of(List.of(1.0, Double.NaN)))
                .withMessage("a median needs at least one number, all finite, got [1.0, NaN]");
    }
}
