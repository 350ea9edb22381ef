package io.residual.onednn.step;

import io.residual.program.Operation.Normalize;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a graph's parameters and their gradients are: views of two flat arrays, in the same order. */
final class FlatAddresses {
    private final Map<String, INDArray> table;
    private final long values;
    private final long gradients;

    FlatAddresses(ComputationGraph graph) {
        if (graph.getFlattenedGradients() == null) {
            graph.initGradientsView();
        }
        table = graph.paramTable();
        values = address(graph.params());
        gradients = address(graph.getFlattenedGradients());
    }

    /** Whether the graph's arrays are still the same. */
    boolean areThoseOf(ComputationGraph graph) {
        return values == address(graph.params()) && gradients == address(graph.getFlattenedGradients());
    }

    private static long address(INDArray array) {
        return array.data().addressPointer().address();
    }

    FloatPointer value(String name) {
        return floats(address(array(name)), array(name).length());
    }

    FloatPointer gradient(String name) {
        return floats(address(array(name)) - values + gradients, array(name).length());
    }

    private INDArray array(String name) {
        return Objects.requireNonNull(table.get(name), name);
    }

    private static FloatPointer floats(long address, long length) {
        return new FloatPointer(new Address().at(address)).capacity(length);
    }

    Normalization.Parameters normalization(Normalize operation) {
        return new Normalization.Parameters(
                value(operation.parameter("gamma")),
                value(operation.parameter("beta")),
                value(operation.parameter("mean")),
                value(operation.parameter("var")),
                gradient(operation.parameter("gamma")),
                gradient(operation.parameter("beta")),
                gradient(operation.parameter("mean")),
                gradient(operation.parameter("var")));
    }

    /** A pointer that is moved instead of replaced. */
    static final class Address extends Pointer {
        Address at(long to) {
            address = to;
            return this;
        }
    }
}
