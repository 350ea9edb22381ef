package io.residual.training.device;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where each parameter lies in a graph's flat array: vertex by vertex in topological order, as Deeplearning4j packs them. */
final class FlatLayout {
    private final Map<String, Integer> lengths = new LinkedHashMap<>();
    private int length;

    FlatLayout(ComputationGraph graph) {
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            if (vertex.numParams() == 0) {
                continue;
            }
            for (Map.Entry<String, INDArray> parameter :
                    vertex.paramTable(false).entrySet()) {
                int own = Math.toIntExact(parameter.getValue().length());
                lengths.put(vertex.getVertexName() + "_" + parameter.getKey(), own);
                length += own;
            }
        }
    }

    /** Numbers of a flat array. */
    int length() {
        return length;
    }

    /** The parts of a flat array by parameter. */
    Map<String, float[]> split(float[] flat, int offset) {
        Map<String, float[]> parts = new LinkedHashMap<>();
        int at = offset;
        for (Map.Entry<String, Integer> one : lengths.entrySet()) {
            parts.put(one.getKey(), Arrays.copyOfRange(flat, at, at + one.getValue()));
            at += one.getValue();
        }
        return parts;
    }

    /** Writes the parts of a flat array. */
    void join(Map<String, float[]> parts, float[] flat, int offset) {
        int at = offset;
        for (Map.Entry<String, Integer> one : lengths.entrySet()) {
            float[] part = parts.get(one.getKey());
            if (part == null || part.length != one.getValue()) {
                throw new IllegalStateException("the device has no " + one.getKey() + " of " + one.getValue() + " numbers");
            }
            System.arraycopy(part, 0, flat, at, part.length);
            at += part.length;
        }
    }
}
