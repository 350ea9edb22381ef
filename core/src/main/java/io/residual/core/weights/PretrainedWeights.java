package io.residual.core.weights;

import io.residual.core.Flavour.Projection;
import io.residual.core.ResNetSpec;
import io.residual.core.VertexPaths;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Starts a network from the weights of another of the same layers that was trained on other images or classes, such as
 * torchvision's and timm's ResNets. Against {@link NetworkWeights#load}:
 *
 * <ul>
 *   <li>the classifier keeps its new weights where the file has another number of classes, or none;
 *   <li>the first convolution is summed over its input channels where the network takes one and the file more, so that a grey
 *       image gives what it would give in each of the channels;
 *   <li>names are also understood with {@code shortcut} and {@code linear}, as common networks for CIFAR have them in place of
 *       {@code downsample} and {@code fc};
 *   <li>where the network has shortcuts of option A and the file's classifier is called {@code linear}, the file is taken for one
 *       of akamaster's pytorch_resnet_cifar10, whose shortcuts are padded on both sides: {@link PaddedChannels}.
 * </ul>
 */
public final class PretrainedWeights {
    private PretrainedWeights() {}

    /**
     * What was taken from a file.
     *
     * @param loaded number of tensors
     * @param notLoaded names of the network's tensors that keep their new weights, in order: none, or the classifier's
     * @param notes what was understood of the file's names; empty if they are the network's
     */
    public record Outcome(int loaded, List<String> notLoaded, List<String> notes) {
        public Outcome {
            notLoaded = List.copyOf(notLoaded);
            notes = List.copyOf(notes);
        }
    }

    /**
     * Replaces the weights and running statistics of a network, except those in {@link Outcome#notLoaded}.
     *
     * @param graph an initialised network of the spec; unchanged if the file does not fit
     * @throws SafetensorsException if a tensor is missing, left over, of another shape, or holds NaN or infinity
     */
    public static Outcome load(SafetensorsFile file, ComputationGraph graph, ResNetSpec spec, ModuleNaming naming)
            throws SafetensorsException {
        List<NamedTensor> tensors = NetworkTensors.of(spec, naming);
        StoredNetwork stored = new StoredNetwork(file, tensors);
        boolean padsBothSides =
                spec.flavour().projection() == Projection.ZERO_PADDING && stored.calls("fc.weight", "linear.weight");
        List<NamedTensor> classifier =
                tensors.stream().filter(PretrainedWeights::isClassifier).toList();
        boolean keepsClassifier = false;
        for (NamedTensor tensor : classifier) {
            keepsClassifier |= !stored.has(tensor, shape(graph, tensor));
        }
        Map<NamedTensor, INDArray> found = new LinkedHashMap<>();
        for (NamedTensor tensor : tensors) {
            if (keepsClassifier && isClassifier(tensor)) {
                stored.ignore(tensor);
            } else {
                Optional<INDArray> array = tensor.equals(tensors.get(0))
                        ? stored.takeOverChannels(tensor, shape(graph, tensor))
                        : stored.take(tensor, shape(graph, tensor));
                array.ifPresent(values -> found.put(tensor, values));
            }
        }
        stored.requireFit();
        if (padsBothSides) {
            found.replaceAll(PaddedChannels.of(spec)::inOurOrder);
        }
        found.forEach((tensor, array) ->
                tensor.toPyTorch(graph.getParam(tensor.parameter())).assign(array));
        return new Outcome(
                found.size(),
                tensors.stream()
                        .filter(tensor -> !found.containsKey(tensor))
                        .map(NamedTensor::name)
                        .toList(),
                stored.notes());
    }

    private static boolean isClassifier(NamedTensor tensor) {
        return tensor.vertex().equals(VertexPaths.DENSE);
    }

    private static long[] shape(ComputationGraph graph, NamedTensor tensor) {
        return tensor.pyTorchShape(graph.getParam(tensor.parameter()));
    }
}
