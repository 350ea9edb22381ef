package io.residual.laboratory.gradients.magnitudes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MagnitudesTest {
    private static Magnitudes of(float... values) {
        return Magnitudes.of(Nd4j.createFromArray(values), 1);
    }

    @Test
    void the_norm_is_euclidean_and_of_the_values_times_the_factor() {
        Magnitudes magnitudes = Magnitudes.of(Nd4j.createFromArray(new float[] {3, -4, 12}), 0.5);
        assertThat(magnitudes.norm()).hasValueCloseTo(6.5, within(1e-15));
    }

    @Test
    void the_norm_of_values_that_float_cannot_square_is_right() {
        assertThat(of(3e-30f, 4e-30f).norm()).hasValueCloseTo(5e-30, within(1e-36));
        assertThat(of(3e30f, 4e30f).norm()).hasValueCloseTo(5e30, within(1e24));
    }

    @Test
    void shares_are_of_the_values_other_than_zero_and_the_bound_itself_is_not_below_it() {
        Magnitudes magnitudes = of(0, 0, 0x1p-24f, -0x1.8p-25f, 0x1p-14f, 0x1.fffp-15f, 1);
        assertThat(magnitudes.shareBelow(-24, 0)).hasValue(0.2);
        assertThat(magnitudes.shareBelow(-14, 0)).hasValue(0.6);
        assertThat(magnitudes.zeroShare()).isEqualTo(2.0 / 7);
    }

    @Test
    void scaling_the_loss_shifts_the_bounds() {
        Magnitudes magnitudes = of(0x1p-34f, 0x1.8p-35f, 0x1p6f, 0x1.8p5f);
        assertThat(magnitudes.shareBelow(-24, 10)).hasValue(0.25);
        assertThat(magnitudes.shareFrom(16, 10)).hasValue(0.25);
        assertThat(magnitudes.shareFrom(16, 0)).hasValue(0);
    }

    @Test
    void half_of_the_smallest_16_bit_number_is_rounded_to_zero_and_what_is_larger_is_not() {
        HalfPrecision unscaled = HalfPrecision.of(of(0, 0x1p-25f, -0x1p-26f, Math.nextUp(0x1p-25f), 0x1p-24f, 0x1p-14f))
                .get(0);
        assertThat(unscaled.roundedToZero()).hasValue(0.4);
        assertThat(unscaled.belowSubnormal()).hasValue(0.6);
        assertThat(unscaled.belowNormal()).hasValue(0.8);

        HalfPrecision scaled = HalfPrecision.of(of(0x1p-35f, -Math.nextUp(0x1p-35f), 0x1p-25f, 1))
                .get(1);
        assertThat(scaled.scaling()).isEqualTo(10);
        assertThat(scaled.roundedToZero()).hasValue(0.25);

        Magnitudes both = of(0x1p-25f, 1);
        both.add(of(-0x1p-25f, 1));
        assertThat(both.shareAtMost(-25, 0)).hasValue(0.5);
    }

    @Test
    void subnormal_numbers_of_32_bits_are_not_taken_for_zero() {
        Magnitudes magnitudes = of(Float.MIN_VALUE, 2);
        assertThat(magnitudes.zeroShare()).isZero();
        assertThat(magnitudes.shareBelow(-24, 16)).hasValue(0.5);
    }

    @Test
    void an_infinite_value_leaves_no_norm_and_overflows() {
        Magnitudes magnitudes = of(1, Float.POSITIVE_INFINITY, Float.NaN, 2);
        assertThat(magnitudes.norm()).isEmpty();
        assertThat(magnitudes.shareFrom(16, 0)).hasValue(0.5);
        assertThat(magnitudes.count()).isEqualTo(4);
    }

    @Test
    void of_zeros_alone_no_share_is_defined() {
        assertThat(of(0, 0).shareBelow(-24, 0)).isEmpty();
        assertThat(of(0, 0).norm()).hasValue(0);
    }

    @Test
    void a_view_with_the_channels_last_counts_its_own_values_alone() {
        INDArray memory = Nd4j.arange(2 * 3 * 4 * 5).castTo(DataType.FLOAT).reshape(2, 3, 4, 5);
        INDArray view = memory.permute(0, 3, 1, 2); // [2, 5, 3, 4]
        assertThat(Magnitudes.of(view, 1).norm())
                .hasValueCloseTo(memory.norm2Number().doubleValue(), within(1e-3));
        INDArray part =
                memory.get(NDArrayIndex.point(1), NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(2));
        assertThat(Magnitudes.of(part, 1).norm())
                .hasValueCloseTo(part.dup().norm2Number().doubleValue(), within(1e-3));
    }
}
