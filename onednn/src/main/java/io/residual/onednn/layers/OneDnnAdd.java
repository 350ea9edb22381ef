package io.residual.onednn.layers;

import io.residual.onednn.OneDnn;
import io.residual.onednn.kernels.Epilogue;
import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The sum of two activations on oneDNN: an {@link ElementWiseVertex} that adds, with the ReLU that follows it where there
 * is one. Made by {@link OneDnn#accelerate}; public for the sake of (de)serialisation.
 */
public class OneDnnAdd extends ElementWiseVertex {
    private final Epilogue epilogue;
    private final Gradients gradients;

    /** How the two inputs get their gradients, which are equal. */
    public enum Gradients {
        /** Each an array of its own. */
        SEPARATE,
        /** Both the same array: right only where nobody changes it while the other input still has to read it. */
        SHARED
    }

    /** A sum followed by {@code NONE} or {@code RELU}. */
    public OneDnnAdd(@JsonProperty("epilogue") Epilogue epilogue, @JsonProperty("gradients") Gradients gradients) {
        super(Op.Add);
        this.epilogue = epilogue;
        this.gradients = gradients;
    }

    public Epilogue getEpilogue() {
        return epilogue;
    }

    public Gradients getGradients() {
        return gradients;
    }

    @Override
    public OneDnnAdd clone() {
        return new OneDnnAdd(epilogue, gradients);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OneDnnAdd add && add.epilogue == epilogue && add.gradients == gradients;
    }

    @Override
    public int hashCode() {
        return Objects.hash(epilogue, gradients);
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType dataType) {
        return new OneDnnAddVertex(graph, name, index, this, dataType);
    }
}
