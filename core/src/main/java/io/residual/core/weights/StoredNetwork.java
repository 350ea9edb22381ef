package io.residual.core.weights;

import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network in a safetensors file, by the names that ours has for its tensors. The file's names may have more in front: the
 * attribute of a module that held the network, such as {@code model.} or {@code net.}, and what {@code torch.compile},
 * DataParallel and FSDP insert anywhere. What stands under another prefix belongs to something else, and is skipped.
 */
final class StoredNetwork {
    private static final int MAX_NAMES = 3;

    private static final Pattern WRAPPER =
            Pattern.compile("(?<![^.])(?:_orig_mod|module|_fsdp_wrapped_module|_checkpoint_wrapped_module)\\.");

    private final SafetensorsFile file;
    /** What our names are behind in the file; empty, or with a point at its end. */
    private final String prefix;
    /** The file's names by ours, of tensors that were not asked for yet. */
    private final Map<String, String> names = new TreeMap<>();

    private final List<String> skipped = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> otherShapes = new ArrayList<>();
    private String renamed = "";

    /** @throws SafetensorsException if no name fits, or several networks do */
    StoredNetwork(SafetensorsFile file, List<NamedTensor> tensors) throws SafetensorsException {
        this.file = file;
        Map<String, String> unwrapped = unwrapped();
        this.prefix = prefix(unwrapped.keySet().stream().toList(), tensors);
        unwrapped.forEach((name, stored) -> {
            if (name.startsWith(prefix)) {
                String ours = name.substring(prefix.length());
                names.put(ours, stored);
                if (renamed.isEmpty() && !ours.equals(stored)) {
                    renamed = stored + " is read as " + ours;
                }
            } else {
                skipped.add(stored);
            }
        });
    }

    /** The names of the file, by themselves without wrappers and as torchvision would have them. */
    private Map<String, String> unwrapped() throws SafetensorsException {
        Map<String, String> unwrapped = new TreeMap<>();
        for (String name : file.names()) {
            if (!name.endsWith(NetworkTensors.BATCH_COUNTER)) {
                String known = WRAPPER.matcher(name)
                        .replaceAll("")
                        .replace(".shortcut.", ".downsample.")
                        .replaceFirst("(?<![^.])linear\\.(weight|bias)$", "fc.$1");
                String other = unwrapped.put(known, name);
                if (other != null) {
                    throw new SafetensorsException(file + ": holds " + known + " twice, as " + other + " and as " + name
                            + ": save one of the two networks");
                }
            }
        }
        return unwrapped;
    }

    /** The prefix that most of our names have in the file. */
    private String prefix(List<String> stored, List<NamedTensor> tensors) throws SafetensorsException {
        Map<String, Integer> counts = new TreeMap<>();
        var ours = tensors.stream().map(NamedTensor::name).collect(Collectors.toSet());
        for (String name : stored) {
            int at = 0;
            do {
                if (ours.contains(name.substring(at))) {
                    counts.merge(name.substring(0, at), 1, Integer::sum);
                }
                at = name.indexOf('.', at) + 1;
            } while (at > 0);
        }
        int best = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        List<String> prefixes = counts.entrySet().stream()
                .filter(entry -> entry.getValue() == best)
                .map(Map.Entry::getKey)
                .toList();
        if (prefixes.isEmpty()) {
            throw new SafetensorsException(file + ": none of its " + stored.size()
                    + " tensors has a name of the network: the first is "
                    + (stored.isEmpty() ? "missing" : stored.get(0)) + ", the network's is "
                    + tensors.get(0).name());
        }
        if (prefixes.size() > 1) {
            throw new SafetensorsException(file + ": holds several networks that fit, under "
                    + String.join(" and ", prefixes) + ": save one of them");
        }
        return prefixes.get(0);
    }

    /** Whether the file has the tensor under this name of its own, such as {@code linear.weight} where ours is {@code fc.weight}. */
    boolean calls(String ours, String theirs) {
        return names.getOrDefault(ours, "").endsWith(theirs);
    }

    /** Whether the tensor is there and has this shape in PyTorch's layout. */
    boolean has(NamedTensor tensor, long[] shape) throws SafetensorsException {
        String name = names.get(tensor.name());
        return name != null && Arrays.equals(shape(file.tensor(name)), shape);
    }

    /** Leaves a tensor as it is, whatever the file has. */
    void ignore(NamedTensor tensor) {
        names.remove(tensor.name());
    }

    /** The tensor in PyTorch's layout; empty, and remembered for {@link #requireFit}, if it is missing or has another shape. */
    Optional<INDArray> take(NamedTensor tensor, long[] shape) throws SafetensorsException {
        return find(tensor, shape, shape);
    }

    /** The first convolution, [out, in, height, width]: summed over the input channels where the network has one, and the file more. */
    Optional<INDArray> takeOverChannels(NamedTensor tensor, long[] shape) throws SafetensorsException {
        String name = names.get(tensor.name());
        long[] given = name == null ? shape : shape(file.tensor(name));
        if (given.length != 4 || shape[1] != 1 || given[1] < 2) {
            return take(tensor, shape);
        }
        return find(tensor, new long[] {shape[0], given[1], shape[2], shape[3]}, shape)
                .map(colours -> colours.sum(true, 1));
    }

    private Optional<INDArray> find(NamedTensor tensor, long[] expected, long[] ours) throws SafetensorsException {
        String name = names.remove(tensor.name());
        if (name == null) {
            missing.add(prefix + tensor.name());
            return Optional.empty();
        }
        SafetensorsTensor stored = file.tensor(name);
        if (!Arrays.equals(shape(stored), expected)) {
            otherShapes.add(name + " " + stored.shape() + " instead of " + Arrays.toString(ours));
            return Optional.empty();
        }
        INDArray array = stored.toFiniteFloats();
        if (tensor.isVariance() && array.minNumber().doubleValue() < 0) {
            throw new SafetensorsException(file + ": " + name + " holds a variance below 0: the file is damaged");
        }
        return Optional.of(array);
    }

    /** @throws SafetensorsException with all differences, if tensors are missing, left over or of other shapes */
    void requireFit() throws SafetensorsException {
        List<String> differences = new ArrayList<>();
        describe("missing", missing, differences);
        describe("unexpected", List.copyOf(names.values()), differences);
        describe("of another shape", otherShapes, differences);
        if (!differences.isEmpty()) {
            throw new SafetensorsException(file + ": does not fit the network: " + String.join("; ", differences));
        }
    }

    private static void describe(String what, List<String> names, List<String> differences) {
        if (!names.isEmpty()) {
            differences.add(names.size() + (names.size() == 1 ? " tensor is " : " tensors are ") + what + ": "
                    + names.stream().limit(MAX_NAMES).collect(Collectors.joining(", "))
                    + (names.size() > MAX_NAMES ? ", ..." : ""));
        }
    }

    /** What was understood of the names, for a log; empty if the file has ours and nothing else. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!renamed.isEmpty()) {
            notes.add(renamed + " and so on");
        }
        if (!skipped.isEmpty()) {
            List<String> texts = new ArrayList<>();
            describe("not of the network and skipped", skipped, texts);
            notes.addAll(texts);
        }
        return notes;
    }

    private static long[] shape(SafetensorsTensor stored) {
        return stored.shape().stream().mapToLong(Long::longValue).toArray();
    }
}
