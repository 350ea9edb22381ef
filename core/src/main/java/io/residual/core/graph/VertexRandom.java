package io.residual.core.graph;

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
        return new VertexRandom(mix(mix(seed + vertex.hashCode()) + iteration));
    }

    /** The number of one decision, in [0, 1): the 53 high bits of the mixed numbers. */
    double uniform(long decision) {
        return (mix(state + decision) >>> 11) * 0x1.0p-53;
    }

    /** A step and the output function of SplitMix64 (Steele et al. 2014). */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
