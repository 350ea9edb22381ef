package io.residual.core.graph;

import io.residual.core.StochasticDepth;
import io.residual.core.StochasticDepth.Mode;
import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The vertex of {@link StochasticDepth}: in training it multiplies each image of a residual branch, [N, channels, height,
 * width], by 0 with the given probability, else by 1 / (1 - probability). In inference it is a scale by 1.
 *
 * <p>What is dropped follows from {@link VertexRandom}; a decision is a row, or the one of the batch.
 */
public final class StochasticDepthVertex extends ScaleVertex {
    private final double probability;
    private final Mode mode;
    private final long seed;

    /** @param probability of dropping, in [0, 1) */
    public StochasticDepthVertex(
            @JsonProperty("probability") double probability,
            @JsonProperty("mode") Mode mode,
            @JsonProperty("seed") long seed) {
        super(1);
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("the probability of dropping must be in [0, 1), got " + probability);
        }
        this.probability = probability;
        this.mode = mode;
        this.seed = seed;
    }

    public double getProbability() {
        return probability;
    }

    public Mode getMode() {
        return mode;
    }

    public long getSeed() {
        return seed;
    }

    /**
     * Factors of the images of a batch: 0 where the branch is dropped, else 1 / (1 - probability).
     *
     * @param vertex name of the vertex
     * @param iteration of the network, counted from 0
     * @return [rows]
     */
    float[] factors(String vertex, long iteration, int rows) {
        float kept = (float) (1 / (1 - probability));
        VertexRandom draws = VertexRandom.of(seed, vertex, iteration);
        float[] factors = new float[rows];
        for (int row = 0; row < rows; row++) {
            long decision = mode == Mode.BATCH ? 0 : row;
            factors[row] = draws.uniform(decision) < probability ? 0 : kept;
        }
        return factors;
    }

    @Override
    public StochasticDepthVertex clone() {
        return new StochasticDepthVertex(probability, mode, seed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StochasticDepthVertex drop
                && drop.probability == probability
                && drop.mode == mode
                && drop.seed == seed;
    }

    @Override
    public int hashCode() {
        return Objects.hash(probability, mode, seed);
    }

    @Override
    public String toString() {
        return "BranchDrop(probability=" + probability + ", mode=" + mode + ", seed=" + seed + ")";
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
        private final StochasticDepthVertex settings;

        Executed(ComputationGraph graph, String name, int index, StochasticDepthVertex settings, DataType dataType) {
            super(graph, name, index, dataType);
            this.settings = settings;
        }

        @Override
        INDArray scaled(INDArray images, LayerWorkspaceMgr workspaces, ArrayType type) {
            int rows = Math.toIntExact(images.size(0));
            float[] factors = settings.factors(vertexName, graph.getIterationCount(), rows);
            INDArray column = Nd4j.createFromArray(factors).castTo(dataType).reshape(rows, 1);
            // Channels last, as oneDNN lays images out, is the order of memory after this permutation; it is kept.
            return images.stride(1) == 1 && images.rank() == 4
                    ? scaled(images.permute(0, 2, 3, 1), column, workspaces, type)
                            .permute(0, 3, 1, 2)
                    : scaled(images, column, workspaces, type);
        }

        private INDArray scaled(INDArray images, INDArray column, LayerWorkspaceMgr workspaces, ArrayType type) {
            INDArray copy = workspaces.dup(type, images, 'c');
            copy.reshape('c', copy.size(0), copy.length() / copy.size(0)).muliColumnVector(column);
            return copy;
        }
    }
}
