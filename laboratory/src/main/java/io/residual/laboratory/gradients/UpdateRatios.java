package io.residual.laboratory.gradients;

import io.residual.laboratory.gradients.Snapshot.OfParameter;
import io.residual.laboratory.gradients.magnitudes.Magnitudes;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How far a step moves each parameter, as a share of its norm. */
final class UpdateRatios {
    private final Map<String, INDArray> before = new HashMap<>();

    /** Keeps the parameters of a network as they are before a step. */
    UpdateRatios(ComputationGraph graph) {
        graph.paramTable().forEach((name, value) -> before.put(name, value.dup()));
    }

    /** The snapshot of that moment with what the step has changed since. */
    Snapshot after(ComputationGraph graph, Snapshot snapshot) {
        return snapshot.withParameters(snapshot.parameters().stream()
                .map(parameter -> parameter.withUpdateRatio(ratio(graph, parameter)))
                .toList());
    }

    private OptionalDouble ratio(ComputationGraph graph, OfParameter parameter) {
        String name = GradientProbe.name(parameter.vertex(), parameter.key());
        INDArray change = graph.getParam(name).sub(before.get(name));
        double ratio = Magnitudes.of(change, 1).norm().orElse(Double.NaN) / parameter.norm();
        return Double.isFinite(ratio) ? OptionalDouble.of(ratio) : OptionalDouble.empty();
    }
}
