package io.residual.laboratory.gradients.magnitudes;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What IEEE's 16-bit numbers lose of gradients, as shares of the values other than zero (Micikevicius et al. 2018,
 * section 3.2). Empty if all values are zero.
 *
 * @param scaling exponent of the power of two by which the loss is multiplied, 0 for none
 * @param belowNormal share below 2^-14, the smallest normal number: precision is lost, at least
 * @param belowSubnormal share below 2^-24, the smallest number above zero: rounded to 0, or up to it
 * @param roundedToZero share up to 2^-25, half of that number, which itself rounds to the even neighbour, 0
 * @param overflowing share of 2^16 or more, which becomes infinite
 */
public record HalfPrecision(
        int scaling,
        OptionalDouble belowNormal,
        OptionalDouble belowSubnormal,
        OptionalDouble roundedToZero,
        OptionalDouble overflowing) {
    /** No scaling, the constant that many programs use, and the one that PyTorch's GradScaler starts with. */
    public static final List<Integer> SCALINGS = List.of(0, 10, 16);

    private static final int NORMAL = -14;
    private static final int SUBNORMAL = -24;
    private static final int HALF_SUBNORMAL = -25;
    private static final int OVERFLOW = 16;

    public static List<HalfPrecision> of(Magnitudes gradients) {
        return SCALINGS.stream()
                .map(scaling -> new HalfPrecision(
                        scaling,
                        gradients.shareBelow(NORMAL, scaling),
                        gradients.shareBelow(SUBNORMAL, scaling),
                        gradients.shareAtMost(HALF_SUBNORMAL, scaling),
                        gradients.shareFrom(OVERFLOW, scaling)))
                .toList();
    }
}
