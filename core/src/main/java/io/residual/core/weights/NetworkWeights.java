package io.residual.core.weights;

import io.residual.core.ResNetSpec;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights and running statistics of a network as a safetensors file that PyTorch's network of the same flavour loads
 * with {@code load_state_dict}, and the way back. Nothing in such a file is ever executed.
 */
public final class NetworkWeights {
    private NetworkWeights() {}

    /**
     * Writes all tensors, F32, in PyTorch's layouts, completely or not at all.
     *
     * @param graph an initialised network of the spec
     */
    public static void write(Path file, ComputationGraph graph, ResNetSpec spec, ModuleNaming naming)
            throws IOException {
        write(file, graph, spec, naming, Map.of());
    }

    /**
     * Writes all tensors, F32, in PyTorch's layouts, completely or not at all.
     *
     * @param graph an initialised network of the spec
     * @param metadata entries of the file's header, beside {@code format}
     */
    public static void write(
            Path file, ComputationGraph graph, ResNetSpec spec, ModuleNaming naming, Map<String, String> metadata)
            throws IOException {
        writer(graph, spec, naming, metadata).write(file);
    }

    /** All tensors, F32, in PyTorch's layouts, to be written to a file; they are read from the graph when they are. */
    public static SafetensorsWriter writer(
            ComputationGraph graph, ResNetSpec spec, ModuleNaming naming, Map<String, String> metadata) {
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        metadata.forEach(writer::metadata);
        Map<String, INDArray> table = graph.paramTable();
        for (NamedTensor tensor : NetworkTensors.of(spec, naming)) {
            writer.array(tensor.name(), tensor.toPyTorch(parameter(table, tensor)));
        }
        return writer;
    }

    /**
     * Replaces all weights and running statistics of a network. Names may have prefixes that wrappers add, and types of floating
     * point are converted.
     *
     * @param graph an initialised network of the spec; unchanged if the file does not fit
     * @return what was understood of the names, for a log; empty if they are the network's
     * @throws SafetensorsException if a tensor is missing, left over, of another shape, or holds NaN or infinity
     */
    public static List<String> load(SafetensorsFile file, ComputationGraph graph, ResNetSpec spec, ModuleNaming naming)
            throws SafetensorsException {
        Map<String, INDArray> table = graph.paramTable();
        List<NamedTensor> tensors = NetworkTensors.of(spec, naming);
        StoredNetwork stored = new StoredNetwork(file, tensors);
        Map<NamedTensor, INDArray> found = new LinkedHashMap<>();
        for (NamedTensor tensor : tensors) {
            stored.take(tensor, tensor.pyTorchShape(parameter(table, tensor)))
                    .ifPresent(array -> found.put(tensor, array));
        }
        stored.requireFit();
        found.forEach(
                (tensor, array) -> tensor.toPyTorch(parameter(table, tensor)).assign(array));
        return stored.notes();
    }

    private static INDArray parameter(Map<String, INDArray> table, NamedTensor tensor) {
        INDArray parameter = table.get(tensor.parameter());
        if (parameter == null) {
            throw new IllegalArgumentException(
                    "the graph has no parameter " + tensor.parameter() + ": was it written for another spec?");
        }
        return parameter;
    }
}
