package io.residual.core.weights;

import io.residual.core.ResNetSpec;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsTensor;
import io.residual.core.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
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
        SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
        metadata.forEach(writer::metadata);
        Map<String, INDArray> table = graph.paramTable();
        for (NamedTensor tensor : NetworkTensors.of(spec, naming)) {
            writer.array(tensor.name(), tensor.toPyTorch(parameter(table, tensor)));
        }
        writer.write(file);
    }

    /**
     * Replaces all weights and running statistics of a network.
     *
     * @param graph an initialised network of the spec; unchanged if the file does not fit
     * @throws SafetensorsException if a tensor is missing, left over, or of another type or shape
     */
    public static void load(SafetensorsFile file, ComputationGraph graph, ResNetSpec spec, ModuleNaming naming)
            throws SafetensorsException {
        Map<String, INDArray> table = graph.paramTable();
        Map<NamedTensor, SafetensorsTensor> found = new LinkedHashMap<>();
        TreeSet<String> unexpected = new TreeSet<>(file.names());
        unexpected.removeIf(name -> name.endsWith(NetworkTensors.BATCH_COUNTER));
        for (NamedTensor tensor : NetworkTensors.of(spec, naming)) {
            long[] shape = tensor.pyTorchShape(parameter(table, tensor));
            found.put(tensor, file.tensor(tensor.name()).ofShape(shape));
            unexpected.remove(tensor.name());
        }
        if (!unexpected.isEmpty()) {
            throw new SafetensorsException(
                    "the file holds " + unexpected.size() + " tensors that the network does not have,"
                            + " the first is " + unexpected.first() + ": is it of another network?");
        }
        Map<NamedTensor, INDArray> arrays = new LinkedHashMap<>();
        for (Map.Entry<NamedTensor, SafetensorsTensor> entry : found.entrySet()) {
            arrays.put(entry.getKey(), entry.getValue().toArray());
        }
        arrays.forEach(
                (tensor, array) -> tensor.toPyTorch(parameter(table, tensor)).assign(array));
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
