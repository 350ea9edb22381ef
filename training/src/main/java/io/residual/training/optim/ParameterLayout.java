package io.residual.training.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where each parameter of a network lies in its flat array: vertex by vertex in topological order, as Deeplearning4j packs
 * them.
 *
 * @param parts in their order, without gaps
 */
record ParameterLayout(List<Part> parts) {
    /** What a parameter is to an optimiser. */
    enum Role {
        /** The weights of a convolution. */
        FILTER,
        /** The weights of a dense layer. */
        WEIGHT,
        /** Biases, and batch norm's scale and shift. */
        VECTOR,
        /** A running statistic of batch norm. Its "gradient" is what is to be subtracted from it. */
        STATISTIC,
        /** Of a layer that training leaves as it is. Its gradient stays zero, and it must not decay. */
        FROZEN;

        /** Whether weight decay is for it. */
        boolean decays() {
            return this == FILTER || this == WEIGHT;
        }
    }

    /**
     * A parameter.
     *
     * @param depth of its block: 0 for the stem, then block by block to the dense layer
     * @param units outputs of a weight, whose values lie together; 1 for others
     */
    record Part(String vertex, String key, Role role, int depth, long from, long length, long units) {
        long to() {
            return from + length;
        }

        Run run() {
            return new Run(depth, from, length);
        }
    }

    /** Parts that lie together. */
    record Run(int depth, long from, long length) {}

    ParameterLayout {
        parts = List.copyOf(parts);
    }

    static ParameterLayout of(ComputationGraph graph) {
        List<Part> parts = new ArrayList<>();
        Map<String, Integer> depths = new LinkedHashMap<>();
        long from = 0;
        for (int index : graph.topologicalSortOrder()) {
            GraphVertex vertex = graph.getVertices()[index];
            if (vertex.numParams() == 0) {
                continue;
            }
            String block = block(vertex.getVertexName());
            depths.putIfAbsent(block, depths.size());
            for (Map.Entry<String, INDArray> parameter :
                    vertex.paramTable(false).entrySet()) {
                long length = parameter.getValue().length();
                Role role = role(vertex, parameter.getKey(), parameter.getValue());
                long units = role.decays() ? units(parameter.getValue()) : 1;
                parts.add(new Part(
                        vertex.getVertexName(), parameter.getKey(), role, depths.get(block), from, length, units));
                from += length;
            }
        }
        return new ParameterLayout(parts);
    }

    private static Role role(GraphVertex vertex, String key, INDArray values) {
        if (vertex.hasLayer() && vertex.getLayer() instanceof FrozenLayer) {
            return Role.FROZEN;
        }
        Trainable trainable = vertex.hasLayer() ? vertex.getLayer() : vertex;
        // DL4J does not divide by the batch what is no gradient.
        if (!trainable.updaterDivideByMinibatch(key)) {
            return Role.STATISTIC;
        }
        boolean weight = vertex.hasLayer()
                && vertex.getLayer()
                        .conf()
                        .getLayer()
                        .initializer()
                        .isWeightParam(vertex.getLayer().conf().getLayer(), key);
        if (!weight) {
            return Role.VECTOR;
        }
        return values.rank() == 4 ? Role.FILTER : Role.WEIGHT;
    }

    /** Convolutions are [out, in, height, width] in C order, dense weights [in, out] in Fortran's: outputs lie together. */
    private static long units(INDArray weight) {
        return weight.rank() == 2 ? weight.size(1) : weight.size(0);
    }

    /** "stage2.block1" of "stage2.block1.conv1", "stem" of "stem.conv". */
    private static String block(String vertex) {
        String[] names = vertex.split("\\.", -1);
        return names[0].startsWith("stage") && names.length > 1 ? names[0] + "." + names[1] : names[0];
    }

    int depths() {
        return 1 + parts.stream().mapToInt(Part::depth).max().orElse(0);
    }

    /** The parts that a rule is for, joined where they lie together and are of one depth. */
    List<Run> runs(Predicate<Part> rule) {
        List<Run> runs = new ArrayList<>();
        for (Part part : parts) {
            if (!rule.test(part)) {
                continue;
            }
            Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.depth() == part.depth() && last.from() + last.length() == part.from()) {
                runs.set(runs.size() - 1, new Run(last.depth(), last.from(), last.length() + part.length()));
            } else {
                runs.add(part.run());
            }
        }
        return List.copyOf(runs);
    }
}
