package io.residual.core.graph;

import io.residual.core.SplitMix64;

/**
 * The random numbers of one vertex in one iteration. They follow from the seed, the vertex's name and the iteration alone, so
 * that a resumed run draws what the uninterrupted one did, and forward and backward pass agree.
 */
record VertexRandom(long state) {
    /**
     * @param vertex name of the vertex
     * @param iteration of the network, counted from 0
     */
    static VertexRandom of(long seed, String vertex, long iteration) {
        return new VertexRandom(SplitMix64.mix(SplitMix64.mix(seed + vertex.hashCode()) + iteration));
    }

    /** The number with an index, in [0, 1). */
    double uniform(long index) {
        return SplitMix64.toDouble(SplitMix64.mix(state + index));
    }
}
