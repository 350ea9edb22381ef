package io.residual.data;

import io.residual.core.SplitMix64;
import java.util.stream.IntStream;

/** In which order an epoch visits the images. */
public sealed interface BatchOrder {
    /** A permutation of 0 to {@code size - 1} that depends on this order, the size and the epoch only. */
    int[] indices(int size, int epoch);

    /** The order of the set, in every epoch. */
    record Sequential() implements BatchOrder {
        @Override
        public int[] indices(int size, int epoch) {
            return IntStream.range(0, size).toArray();
        }
    }

    /** Another order for each epoch, drawn from the seed: epoch 7 is the same whether or not 0 to 6 were run before. */
    record Shuffled(long seed) implements BatchOrder {
        @Override
        public int[] indices(int size, int epoch) {
            int[] indices = IntStream.range(0, size).toArray();
            SplitMix64.of(seed, epoch).shuffle(indices);
            return indices;
        }
    }
}
