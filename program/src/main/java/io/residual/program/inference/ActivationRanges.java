package io.residual.program.inference;

import java.util.Map;

/**
 * How large the values between a network's operations are, found by running it on images.
 *
 * @param byVertex the magnitude that the largest 8-bit number stands for, above 0, by the vertex that computes the value
 */
public record ActivationRanges(Map<String, Float> byVertex) {
    public ActivationRanges {
        byVertex = Map.copyOf(byVertex);
        byVertex.forEach((vertex, range) -> {
            if (!(range > 0 && range < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "\"" + vertex + "\": expected a finite number above 0 as its range, found " + range);
            }
        });
    }
}
