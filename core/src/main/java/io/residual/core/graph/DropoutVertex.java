package io.residual.core.graph;

import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Dropout between the convolutions of a block (Zagoruyko and Komodakis 2016, section 2.4): in training it multiplies each
 * value of images [N, channels, height, width] by 0 with the given probability, else by 1 / (1 - probability), as PyTorch's
 * {@code Dropout} does. In inference it is a scale by 1.
 *
 * <p>What is dropped follows from {@link VertexRandom}, where a value's decision is its index in that order of axes, whatever the
 * order of memory: all kernels drop the same.
 */
public final class DropoutVertex extends ScaleVertex {
    private final double probability;
    private final long seed;

    /** @param probability of dropping a value, in [0, 1) */
    public DropoutVertex(@JsonProperty("probability") double probability, @JsonProperty("seed") long seed) {
        super(1);
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException(
                    "the probability that a value is dropped must be in [0, 1), got " + probability);
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

    /**
     * Factors of the values of one image: 0 where it is dropped, else 1 / (1 - probability).
     *
     * @param first index of the image's first value in its batch
     * @param channelStride step between the channels of a pixel in the array that is filled: 1 where channels come last
     * @param pixelStride step between the pixels of a channel there
     * @param factors of [channels, pixels], as the strides tell
     */
    private void fill(VertexRandom draws, long first, int channelStride, int pixelStride, float[] factors) {
        float kept = (float) (1 / (1 - probability));
        int pixels = channelStride == 1 ? factors.length / pixelStride : channelStride;
        for (int i = 0; i < factors.length; i++) {
            int at = i / pixels * channelStride + i % pixels * pixelStride;
            factors[at] = draws.uniform(first + i) < probability ? 0 : kept;
        }
    }

    @Override
    public DropoutVertex clone() {
        return new DropoutVertex(probability, seed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DropoutVertex dropout && dropout.probability == probability && dropout.seed == seed;
    }

    @Override
    public int hashCode() {
        return Objects.hash(probability, seed);
    }

    @Override
    public String toString() {
        return "BlockDropout(probability=" + probability + ", seed=" + seed + ")";
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
    private static final class Executed extends RandomScaleVertex {
        private final DropoutVertex settings;

        Executed(ComputationGraph graph, String name, int index, DropoutVertex settings, DataType dataType) {
            super(graph, name, index, dataType);
            this.settings = settings;
        }

        @Override
        INDArray scaled(INDArray images, LayerWorkspaceMgr workspaces, ArrayType type) {
            int channels = Math.toIntExact(images.size(1));
            int pixels = Math.toIntExact(images.size(2) * images.size(3));
            // Channels last, as oneDNN lays images out, is the order of memory after this permutation; it is kept.
            if (images.stride(1) == 1) {
                INDArray copy = workspaces.dup(type, images.permute(0, 2, 3, 1), 'c');
                multiply(copy, 1, channels);
                return copy.permute(0, 3, 1, 2);
            }
            INDArray copy = workspaces.dup(type, images, 'c');
            multiply(copy, pixels, 1);
            return copy;
        }

        /** Image by image, so that the factors of a whole batch never lie in memory. */
        @SuppressWarnings("try") // the scope is there to be open
        private void multiply(INDArray images, int channelStride, int pixelStride) {
            VertexRandom draws = VertexRandom.of(settings.seed, vertexName, graph.getIterationCount());
            int values = Math.toIntExact(images.length() / images.size(0));
            INDArray rows = images.reshape('c', images.size(0), values);
            float[] factors = new float[values];
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                for (int row = 0; row < rows.rows(); row++) {
                    settings.fill(draws, (long) row * values, channelStride, pixelStride, factors);
                    try (INDArray mask = Nd4j.createFromArray(factors).castTo(dataType)) {
                        rows.getRow(row).muli(mask);
                    }
                }
            }
        }
    }
}
