package io.residual.core.graph;

import io.residual.core.StochasticDepth;
import io.residual.core.StochasticDepth.Mode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The vertex of {@link StochasticDepth}: in training it multiplies each image of a residual branch, [N, channels, height,
 * width], by 0 with the given probability, else by 1 / (1 - probability). In inference it is a scale by 1.
 *
 * <p>The index that {@link VertexRandom} draws for is the image's in its batch, or 0 for the whole batch.
 */
public final class StochasticDepthVertex extends RandomScaleVertex {
    private final Mode mode;

    /** @param probability of dropping, in [0, 1) */
    public StochasticDepthVertex(
            @JsonProperty("probability") double probability,
            @JsonProperty("mode") Mode mode,
            @JsonProperty("seed") long seed) {
        super(probability, seed);
        this.mode = mode;
    }

    public Mode getMode() {
        return mode;
    }

    @Override
    void multiply(INDArray images, boolean channelsLast, VertexRandom draws) {
        int rows = Math.toIntExact(images.size(0));
        INDArray column = Nd4j.createFromArray(factors(draws, rows))
                .castTo(images.dataType())
                .reshape(rows, 1);
        images.reshape('c', rows, images.length() / rows).muliColumnVector(column);
    }

    /** Factors of the images of a batch, [rows]. */
    float[] factors(VertexRandom draws, int rows) {
        float[] factors = new float[rows];
        for (int row = 0; row < rows; row++) {
            factors[row] = factor(draws, mode == Mode.BATCH ? 0 : row);
        }
        return factors;
    }

    @Override
    public StochasticDepthVertex clone() {
        return new StochasticDepthVertex(getProbability(), mode, getSeed());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other) && other instanceof StochasticDepthVertex drop && drop.mode == mode;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), mode);
    }

    @Override
    public String toString() {
        return "StochasticDepthVertex(probability=" + getProbability() + ", mode=" + mode + ", seed=" + getSeed() + ")";
    }
}
