package io.residual.laboratory.landscape;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A random direction in the space of a network's weights, filter by filter as long as the weights are (H. Li et al.,
 * <i>Visualizing the Loss Landscape of Neural Nets</i>, NeurIPS 2018, section 4): so that a step of 1 changes every filter by
 * its own norm, and networks of different scales can be compared. Batch norms and biases are left as they are.
 *
 * @param parts by the names of the parameters, in their shapes
 */
record Direction(Map<String, INDArray> parts) {
    /** Deeplearning4j's names of weights end so. */
    private static final String WEIGHT = "_W";

    Direction {
        parts = Map.copyOf(parts);
    }

    /** A direction that depends on the seed, the names and the norms alone, not on what computes the network. */
    static Direction of(ComputationGraph graph, long seed) {
        Map<String, INDArray> parts = new LinkedHashMap<>();
        graph.paramTable().forEach((name, weight) -> {
            if (name.endsWith(WEIGHT)) {
                parts.put(name, part(weight, new Random(31 * seed + name.hashCode())));
            }
        });
        return new Direction(parts);
    }

    /** Adds so many times the direction's part to a weight of that name. */
    void addTo(INDArray weight, String name, double times) {
        INDArray step = Objects.requireNonNull(parts.get(name), name).mul(times);
        weight.addi(step);
        step.close();
    }

    private static INDArray part(INDArray weight, Random random) {
        float[] normal = new float[Math.toIntExact(weight.length())];
        for (int i = 0; i < normal.length; i++) {
            normal[i] = (float) random.nextGaussian();
        }
        INDArray part = Nd4j.createFromArray(normal).reshape('c', weight.shape());
        INDArray filters = filters(part);
        INDArray scales = filters(weight).norm2(true, 1).divi(filters.norm2(true, 1));
        filters.muliColumnVector(scales);
        return part;
    }

    /** A filter a row: convolutions are [out, in, height, width] in C order, dense weights [in, out]. */
    private static INDArray filters(INDArray weight) {
        return weight.rank() == 2
                ? weight.transpose()
                : weight.reshape('c', weight.size(0), weight.length() / weight.size(0));
    }
}
