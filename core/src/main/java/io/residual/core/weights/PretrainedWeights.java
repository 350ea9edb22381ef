package io.residual.core.weights;

import io.residual.core.Flavour.Projection;
import io.residual.core.ResNetSpec;
import io.residual.core.VertexPaths;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
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
 *   <li>names are also understood with the prefix {@code module.} of a network saved from several processors, and with {@code
 *       shortcut} and {@code linear}, as common networks for CIFAR have them in place of {@code downsample} and {@code fc};
 *   <li>where the network has shortcuts of option A and the file's classifier is called {@code linear}, the file is taken for one
 *       of akamaster's pytorch_resnet_cifar10, whose shortcuts are padded on both sides: {@link PaddedChannels}.
 * </ul>
 */
public final class PretrainedWeights {
    private static final Pattern WRAPPED = Pattern.compile("^module\\.");

    private PretrainedWeights() {}

    /**
     * What was taken from a file.
     *
     * @param loaded number of tensors
     * @param notLoaded names of the network's tensors that keep their new weights, in order: none, or the classifier's
     */
    public record Outcome(int loaded, List<String> notLoaded) {
        public Outcome {
            notLoaded = List.copyOf(notLoaded);
        }
    }

    /**
     * Replaces the weights and running statistics of a network, except those in {@link Outcome#notLoaded}.
     *
     * @param graph an initialised network of the spec; unchanged if the file does not fit
     * @throws SafetensorsException if a tensor is missing, left over, or of another shape
     */
    public static Outcome load(SafetensorsFile file, ComputationGraph graph, ResNetSpec spec, ModuleNaming naming)
            throws SafetensorsException {
        List<NamedTensor> tensors = NetworkTensors.of(spec, naming);
        Map<String, String> names = names(file);
        boolean padsBothSides = spec.flavour().projection() == Projection.ZERO_PADDING
                && names.getOrDefault("fc.weight", "").endsWith("linear.weight");
        boolean keepsClassifier = !classifierFits(file, names, graph, tensors);
        Map<NamedTensor, INDArray> found = new LinkedHashMap<>();
        for (NamedTensor tensor : tensors) {
            String name = names.remove(tensor.name());
            if (keepsClassifier && isClassifier(tensor)) {
                continue;
            }
            SafetensorsTensor stored = file.tensor(name == null ? tensor.name() : name);
            boolean first = tensor.equals(tensors.get(0));
            found.put(tensor, first ? overChannels(stored, shape(graph, tensor)) : exact(stored, shape(graph, tensor)));
        }
        if (!names.isEmpty()) {
            throw new SafetensorsException("the file holds " + names.size() + " tensors that the network does not have,"
                    + " one is " + names.values().iterator().next() + ": is it of another network?");
        }
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
                        .toList());
    }

    private static boolean isClassifier(NamedTensor tensor) {
        return tensor.vertex().equals(VertexPaths.DENSE);
    }

    /** Names in the file by those that they stand for. */
    private static Map<String, String> names(SafetensorsFile file) {
        Map<String, String> names = new TreeMap<>();
        for (String name : file.names()) {
            if (!name.endsWith(NetworkTensors.BATCH_COUNTER)) {
                String known = WRAPPED.matcher(name)
                        .replaceFirst("")
                        .replace(".shortcut.", ".downsample.")
                        .replaceFirst("^linear\\.", "fc.");
                names.put(known, name);
            }
        }
        return names;
    }

    private static boolean classifierFits(
            SafetensorsFile file, Map<String, String> names, ComputationGraph graph, List<NamedTensor> tensors)
            throws SafetensorsException {
        for (NamedTensor tensor : tensors) {
            String name = names.get(tensor.name());
            if (isClassifier(tensor)
                    && (name == null || !Arrays.equals(shape(file.tensor(name)), shape(graph, tensor)))) {
                return false;
            }
        }
        return true;
    }

    private static INDArray exact(SafetensorsTensor stored, long[] shape) throws SafetensorsException {
        return stored.ofShape(shape).toArray();
    }

    /** The first convolution, [out, in, height, width], summed over its input channels where the network has one. */
    private static INDArray overChannels(SafetensorsTensor stored, long[] shape) throws SafetensorsException {
        long[] given = shape(stored);
        boolean sums = given.length == 4 && shape[1] == 1 && given[1] > 1;
        return sums
                ? exact(stored, new long[] {shape[0], given[1], shape[2], shape[3]})
                        .sum(true, 1)
                : exact(stored, shape);
    }

    private static long[] shape(SafetensorsTensor stored) {
        return stored.shape().stream().mapToLong(Long::longValue).toArray();
    }

    private static long[] shape(ComputationGraph graph, NamedTensor tensor) {
        return tensor.pyTorchShape(graph.getParam(tensor.parameter()));
    }
}
