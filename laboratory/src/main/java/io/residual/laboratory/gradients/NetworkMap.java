package io.residual.laboratory.gradients;

import io.residual.core.ResNetSpec;
import io.residual.core.VertexPaths;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * The places of a network's vertices: the number of their layer, the names of their outputs, and where blocks divide into
 * shortcut and convolutions. Kernels that fuse two vertices retain only one of the names; here each output has the
 * name that it has without them.
 */
final class NetworkMap {
    private static final String SHORTCUT = ".shortcut.";
    private static final String ADD = ".add";

    private final Map<String, List<String>> inputs;
    private final Map<String, Integer> layers = new LinkedHashMap<>();
    private final Map<String, String> outputs = new LinkedHashMap<>();
    private final Map<String, String> forks = new HashMap<>();

    private NetworkMap(Map<String, List<String>> inputs) {
        this.inputs = inputs;
    }

    /** The map of a network whose graph may be accelerated. */
    static NetworkMap of(ResNetSpec spec, ComputationGraph graph) {
        NetworkMap map = new NetworkMap(graph.getConfiguration().getVertexInputs());
        map.number(spec);
        for (String vertex : map.inputs.keySet()) {
            map.nameOfOutput(vertex).ifPresent(name -> map.outputs.put(vertex, name));
        }
        for (int s = 0; s < spec.stages().size(); s++) {
            for (int b = 0; b < spec.stages().get(s).blocks(); b++) {
                String block = VertexPaths.block(s, b);
                map.forks.put(map.fork(block), block);
            }
        }
        return map;
    }

    private void number(ResNetSpec spec) {
        for (int i = 0; i < spec.stem().layers().size(); i++) {
            layers.put(VertexPaths.stemConv(spec, i), layers.size() + 1);
        }
        for (int s = 0; s < spec.stages().size(); s++) {
            for (int b = 0; b < spec.stages().get(s).blocks(); b++) {
                int convolutions = spec.blocks(s).get(b).convolutions().size();
                for (int i = 1; i <= convolutions; i++) {
                    layers.put(VertexPaths.block(s, b) + ".conv" + i, layers.size() + 1);
                }
            }
        }
        layers.put(VertexPaths.DENSE, layers.size() + 1);
    }

    /** Convolutions, ReLUs, what blocks hand on, the pooled features and the logits. */
    private Optional<String> nameOfOutput(String vertex) {
        if (vertex.contains(SHORTCUT)) {
            return vertex.endsWith(".conv") ? Optional.of(vertex) : Optional.empty();
        }
        if (vertex.contains(".bn")) {
            String relu = vertex.replace(".bn", ".relu");
            return inputs.containsKey(relu) ? Optional.empty() : Optional.of(relu);
        }
        if (vertex.endsWith(ADD)) {
            // In front of a ReLU that stands behind it, it is no output of a block.
            boolean handedOn = inputs.entrySet().stream()
                    .noneMatch(e -> e.getValue().contains(vertex)
                            && e.getKey().startsWith(vertex.substring(0, vertex.length() - ADD.length()) + ".relu"));
            return handedOn ? Optional.of(vertex) : Optional.empty();
        }
        boolean shown = vertex.contains(".conv")
                || vertex.contains(".relu")
                || vertex.equals(VertexPaths.POOL)
                || vertex.equals(VertexPaths.DENSE);
        return shown ? Optional.of(vertex) : Optional.empty();
    }

    /** The vertex within or before a block whose output goes both ways; without a shortcut, the one before the block. */
    private String fork(String block) {
        Map<String, List<String>> consumers = new LinkedHashMap<>();
        inputs.forEach((vertex, fed) -> {
            if (vertex.startsWith(block + ".")) {
                fed.forEach(input -> consumers
                        .computeIfAbsent(input, name -> new ArrayList<>())
                        .add(vertex));
            }
        });
        Optional<String> within = consumers.entrySet().stream()
                .filter(e -> e.getKey().startsWith(block + "."))
                .filter(e -> !e.getKey().contains(SHORTCUT) && e.getValue().size() > 1)
                .map(Map.Entry::getKey)
                .findFirst();
        return within.orElseGet(() -> consumers.keySet().stream()
                .filter(input -> !input.startsWith(block + "."))
                .findFirst()
                .orElseThrow());
    }

    /** The block that divides behind a vertex, if one does. */
    Optional<String> blockBehind(String vertex) {
        return Optional.ofNullable(forks.get(vertex));
    }

    /** Whether a block's vertex belongs to the shortcut, or is the sum. */
    boolean isOfShortcut(String vertex) {
        return vertex.contains(SHORTCUT)
                || Objects.requireNonNull(inputs.get(vertex)).size() > 1;
    }

    /** The name of a vertex' output, if it is one that is reported. */
    Optional<String> output(String vertex) {
        return Optional.ofNullable(outputs.get(vertex));
    }

    /**
     * The weighted layer that a path belongs to, counted from 1 at the image: its own, or the one of its number in its block;
     * that of a shortcut is the block's first.
     */
    int layer(String path) {
        String weighted = path.contains(SHORTCUT)
                ? path.substring(0, path.indexOf(SHORTCUT)) + ".conv1"
                : path.replaceFirst("\\.(bn|relu)", ".conv");
        Integer number = layers.get(weighted);
        if (number != null) {
            return number;
        }
        // What hands a block on, and what stands behind the last block.
        String block = path.endsWith(ADD) ? path.substring(0, path.length() - ADD.length()) : "";
        return layers.entrySet().stream()
                .filter(e -> e.getKey().startsWith(block.isEmpty() ? "" : block + ".")
                        && !e.getKey().equals(VertexPaths.DENSE))
                .mapToInt(Map.Entry::getValue)
                .max()
                .orElseThrow();
    }
}
