package io.residual.laboratory.experiments.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * How far apart the first two batch norms of a block are. Both start with scale 1 and shift 0; what they learnt is how far
 * they went from there.
 *
 * <p>For each block with as many channels in both, {@code difference.PATH} is the root mean square, over scales and shifts, of
 * the difference of the two, as a share of the root mean square of what both learnt: 0 if they are the same, the root of 2 if
 * what they learnt is as large and unrelated, 2 if it is opposite.
 */
final class BatchNormDistance {
    private static final String FIRST = ".bn1";
    private static final String SECOND = ".bn2";

    private BatchNormDistance() {}

    static Map<String, Double> measure(ComputationGraph graph) {
        Map<String, Double> measures = new LinkedHashMap<>();
        for (String vertex : graph.getConfiguration().getVertices().keySet()) {
            String block = vertex.endsWith(FIRST) ? vertex.substring(0, vertex.length() - FIRST.length()) : "";
            if (block.isEmpty() || graph.getVertex(block + SECOND) == null) {
                continue;
            }
            INDArray scales = parameter(graph, vertex, BatchNormalizationParamInitializer.GAMMA);
            INDArray otherScales = parameter(graph, block + SECOND, BatchNormalizationParamInitializer.GAMMA);
            if (scales.length() != otherScales.length()) {
                continue;
            }
            INDArray shifts = parameter(graph, vertex, BatchNormalizationParamInitializer.BETA);
            INDArray otherShifts = parameter(graph, block + SECOND, BatchNormalizationParamInitializer.BETA);
            double apart = squares(scales.sub(otherScales)) + squares(shifts.sub(otherShifts));
            double learnt =
                    (squares(scales.sub(1)) + squares(otherScales.sub(1)) + squares(shifts) + squares(otherShifts)) / 2;
            measures.put("difference." + block, learnt == 0 ? 0 : Math.sqrt(apart / learnt));
        }
        return measures;
    }

    private static INDArray parameter(ComputationGraph graph, String vertex, String key) {
        return graph.getLayer(vertex).getParam(key);
    }

    private static double squares(INDArray values) {
        return Transforms.pow(values, 2).sumNumber().doubleValue();
    }
}
