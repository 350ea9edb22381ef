package io.residual.core.graph;

import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Dropout between the convolutions of a block (Zagoruyko and Komodakis 2016, section 2.4): in training it multiplies each
 * value of images [N, channels, height, width] by 0 with the given probability, else by 1 / (1 - probability), as PyTorch's
 * {@code Dropout} does. In inference it is a scale by 1.
 *
 * <p>A value's index, which {@link VertexRandom} draws for, is that in this order of axes.
 */
public final class DropoutVertex extends RandomScaleVertex {
    /** @param probability of dropping a value, in [0, 1) */
    public DropoutVertex(@JsonProperty("probability") double probability, @JsonProperty("seed") long seed) {
        super(probability, seed);
    }

    /** Image by image, so that the factors of a complete batch are never in memory. */
    @Override
    @SuppressWarnings("try") // the scope is there to be open
    void multiply(INDArray images, boolean channelsLast, VertexRandom draws) {
        int values = Math.toIntExact(images.length() / images.size(0));
        int channels = Math.toIntExact(images.size(channelsLast ? 3 : 1));
        int pixels = values / channels;
        INDArray rows = images.reshape('c', images.size(0), values);
        float[] factors = new float[values];
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            for (int row = 0; row < rows.rows(); row++) {
                for (int i = 0; i < values; i++) {
                    int at = channelsLast ? i % pixels * channels + i / pixels : i;
                    factors[at] = factor(draws, (long) row * values + i);
                }
                try (INDArray mask = Nd4j.createFromArray(factors).castTo(images.dataType())) {
                    rows.getRow(row).muli(mask);
                }
            }
        }
    }

    @Override
    public DropoutVertex clone() {
        return new DropoutVertex(getProbability(), getSeed());
    }

    @Override
    public String toString() {
        return "DropoutVertex(probability=" + getProbability() + ", seed=" + getSeed() + ")";
    }
}
