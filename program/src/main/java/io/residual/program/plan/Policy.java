package io.residual.program.plan;

import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Pool;
import java.util.function.IntToLongFunction;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * What a device asks of a plan.
 *
 * @param bytes of an image of a value, which is counted as in {@link io.residual.program.Program#values}
 * @param indexBytes in which a pooling leaves the positions of its maxima, of one image
 * @param wholeBatch which convolutions have so many weights that their gradient is computed of the complete batch at the end;
 *     none that reads the network's input
 */
public record Policy(
        IntToLongFunction bytes,
        ToLongFunction<Pool> indexBytes,
        Predicate<Convolve> wholeBatch,
        Activations activations) {
    /** What becomes of normalized and rectified values that the backward pass needs. */
    public enum Activations {
        /** Computed again from what was normalized: pays where numbers in a cache are near. */
        RECOMPUTED,
        /** Kept from the forward pass. */
        KEPT
    }
}
