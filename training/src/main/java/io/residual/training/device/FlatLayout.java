package io.residual.training.device;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays with a number for each parameter. In that of a graph parameters lie vertex by vertex in topological order, as
 * Deeplearning4j packs them; in those of checkpoints in the order of their names, whatever the graph's kernels are.
 */
final class FlatLayout {
    private final Map<String, Part> parts = new TreeMap<>();
    private int length;

    /** A parameter in the graph's array. */
    private record Part(int from, int length) {}

    FlatLayout(ComputationGraph graph) {
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            if (vertex.numParams() == 0) {
                continue;
            }
            for (Map.Entry<String, INDArray> parameter :
                    vertex.paramTable(false).entrySet()) {
                int own = Math.toIntExact(parameter.getValue().length());
                parts.put(vertex.getVertexName() + "_" + parameter.getKey(), new Part(length, own));
                length += own;
            }
        }
    }

    /** Numbers of an array. */
    int length() {
        return length;
    }

    /** The parameters in the graph's array. */
    Map<String, float[]> ofGraph(float[] array) {
        Map<String, float[]> result = new LinkedHashMap<>();
        parts.forEach(
                (name, part) -> result.put(name, Arrays.copyOfRange(array, part.from(), part.from() + part.length())));
        return result;
    }

    /** The graph's array with these parameters. */
    float[] toGraph(Map<String, float[]> parameters) {
        float[] array = new float[length];
        parts.forEach((name, part) ->
                System.arraycopy(required(parameters, name, part), 0, array, part.from(), part.length()));
        return array;
    }

    /** The parameters in a checkpoint's array, from an index on. */
    Map<String, float[]> ofCheckpoint(float[] array, int offset) {
        Map<String, float[]> result = new LinkedHashMap<>();
        int at = offset;
        for (Map.Entry<String, Part> one : parts.entrySet()) {
            result.put(
                    one.getKey(),
                    Arrays.copyOfRange(array, at, at + one.getValue().length()));
            at += one.getValue().length();
        }
        return result;
    }

    /** Writes parameters into a checkpoint's array, from an index on. */
    void toCheckpoint(Map<String, float[]> parameters, float[] array, int offset) {
        int at = offset;
        for (Map.Entry<String, Part> one : parts.entrySet()) {
            float[] values = required(parameters, one.getKey(), one.getValue());
            System.arraycopy(values, 0, array, at, values.length);
            at += values.length;
        }
    }

    private static float[] required(Map<String, float[]> parameters, String name, Part part) {
        float[] values = parameters.get(name);
        if (values == null || values.length != part.length()) {
            throw new IllegalStateException("the device has no " + name + " of " + part.length() + " numbers");
        }
        return values;
    }
}
