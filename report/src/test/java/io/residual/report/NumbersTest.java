package io.residual.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NumbersTest {
    private final Locale usual = Locale.getDefault();

    @BeforeEach
    void german_has_commas_for_points() {
        Locale.setDefault(Locale.GERMANY);
    }

    @AfterEach
    void the_usual_language() {
        Locale.setDefault(usual);
    }

    @Test
    void measured_numbers_keep_significant_digits_only() {
        assertThat(Numbers.of(0.912345, 4)).isEqualTo("0.9123");
        assertThat(Numbers.of(1173.4, 3)).isEqualTo("1,170");
        assertThat(Numbers.of(0.0000152, 2)).isEqualTo("1.5e-5");
        assertThat(Numbers.of(-12_345_678, 3)).isEqualTo("-1.23e7");
        assertThat(Numbers.of(0, 3)).isEqualTo("0");
    }

    @Test
    void what_is_not_finite_is_written_by_its_name() {
        assertThat(Numbers.of(Double.NaN, 3)).isEqualTo("NaN");
        assertThat(Numbers.of(Double.NEGATIVE_INFINITY, 3)).isEqualTo("-Infinity");
    }

    @Test
    void exact_numbers_keep_their_decimals() {
        assertThat(Numbers.of(new BigDecimal("0.90"))).isEqualTo("0.90");
        assertThat(Numbers.of(new BigDecimal("0.001"))).isEqualTo("0.001");
        assertThat(Numbers.of(new BigDecimal("0.00099"))).isEqualTo("9.9e-4");
        assertThat(Numbers.of(new BigDecimal("999999"))).isEqualTo("999,999");
        assertThat(Numbers.of(new BigDecimal("1000000"))).isEqualTo("1e6");
    }

    @Test
    void shares_differences_and_counts_have_their_usual_form() {
        assertThat(Numbers.share(0.91204)).isEqualTo("0.9120");
        assertThat(Numbers.share(OptionalDouble.of(1))).isEqualTo("1.0000");
        assertThat(Numbers.share(OptionalDouble.empty())).isEqualTo("n/a");
        assertThat(Numbers.signed(0.012, 4)).isEqualTo("+0.0120");
        assertThat(Numbers.signed(-1.25, 1)).isEqualTo("-1.3");
        assertThat(Numbers.percent(0.9125, 1)).isEqualTo("91.3 %");
        assertThat(Numbers.percent(0.08, 0)).isEqualTo("8 %");
        assertThat(Numbers.fixed(12.345, 2)).isEqualTo("12.35");
        assertThat(Numbers.count(1_234_567)).isEqualTo("1,234,567");
    }

    @Test
    void tiny_p_values_are_said_to_be_below_what_can_be_shown() {
        assertThat(Numbers.pValue(0.0001)).isEqualTo("0.0001");
        assertThat(Numbers.pValue(0.000099)).isEqualTo("below 0.0001");
        assertThat(Numbers.pValue(Double.NaN)).isEqualTo("NaN");
    }
}
