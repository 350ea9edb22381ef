package io.residual.core.graph;

import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A vertex that multiplies parts of its input by 0 with a probability, else by 1 / (1 - probability), while it is trained, and
 * all by 1 in inference. Which parts follows from {@link VertexRandom}, whatever the order of memory: all kernels drop the same.
 */
abstract class RandomScaleVertex extends ScaleVertex {
    private final double probability;
    private final long seed;

    /** @param probability of dropping, in [0, 1) */
    RandomScaleVertex(double probability, long seed) {
        super(1);
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("the probability of dropping must be in [0, 1), got " + probability);
        }
        this.probability = probability;
        this.seed = seed;
    }

    public double getProbability() {
        return probability;
    }

    public long getSeed() {
        return seed;
    }

    /** The factor of the part with an index: 0 if it is dropped, else 1 / (1 - probability). */
    final float factor(VertexRandom draws, long index) {
        return draws.uniform(index) < probability ? 0 : (float) (1 / (1 - probability));
    }

    /**
     * Multiplies a batch by its factors.
     *
     * @param images in the order of memory: [N, channels, height, width], or [N, height, width, channels]
     * @param channelsLast which of them
     */
    abstract void multiply(INDArray images, boolean channelsLast, VertexRandom draws);

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RandomScaleVertex drop
                && drop.getClass() == getClass()
                && drop.probability == probability
                && drop.seed == seed;
    }

    @Override
    public int hashCode() {
        return Objects.hash(probability, seed);
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return new Executed(graph, name, index, this, dataType);
    }

    @SuppressWarnings("overrides") // DL4J overrides varargs by an array
    private static final class Executed extends org.deeplearning4j.nn.graph.vertex.impl.ScaleVertex {
        private final RandomScaleVertex settings;

        Executed(ComputationGraph graph, String name, int index, RandomScaleVertex settings, DataType dataType) {
            super(graph, name, index, 1, dataType);
            this.settings = settings;
        }

        @Override
        public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
            return training
                    ? scaled(inputs[0], workspaces, ArrayType.ACTIVATIONS)
                    : super.doForward(training, workspaces);
        }

        @Override
        public Pair<Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
            return new Pair<>(null, new INDArray[] {scaled(epsilon, workspaces, ArrayType.ACTIVATION_GRAD)});
        }

        /** A copy of images or of their gradient, multiplied by the factors of this iteration, which both passes draw alike. */
        private INDArray scaled(INDArray images, LayerWorkspaceMgr workspaces, ArrayType type) {
            VertexRandom draws = VertexRandom.of(settings.seed, vertexName, graph.getIterationCount());
            // Channels last, as oneDNN lays images out, is the order of memory after this permutation; it stays.
            boolean channelsLast = images.rank() == 4 && images.stride(1) == 1;
            INDArray copy = workspaces.dup(type, channelsLast ? images.permute(0, 2, 3, 1) : images, 'c');
            settings.multiply(copy, channelsLast, draws);
            return channelsLast ? copy.permute(0, 3, 1, 2) : copy;
        }
    }
}
