package io.residual.evaluation.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.weights.ModuleNaming;
import io.residual.core.weights.NetworkTensors;
import io.residual.program.Program;
import io.residual.program.inference.ActivationRanges;
import io.residual.program.inference.FusedProgram;
import io.residual.program.inference.FusedProgram.Fusing;
import io.residual.program.inference.Quantization;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each value of each option of a network, with each family: what can be trained can be exported. */
@Tag("slow")
class EveryNetworkTest {
    private static final Map<String, String> FAMILIES = Map.of(
            "imagenet", "18",
            "cifar", "8",
            "preactivation", "11",
            "wide", "10");

    private static final Map<String, List<String>> OPTIONS = new LinkedHashMap<>(Map.of(
            "flavour", List.of("book", "torchvision"),
            "shortcuts", List.of("none", "residual"),
            "shortcutOption", List.of("a", "b", "convolution", "d", "family"),
            "stem", List.of("imagenet", "deep", "small", "strided", "family"),
            "zeroInitResidual", List.of("true", "false"),
            "stochasticDepth", List.of("0.5"),
            "blockDropout", List.of("0.5"),
            "stochasticDepthMode", List.of("row", "batch"),
            "precision", List.of("bf16"),
            "imageSize", List.of("28", "33")));

    /** Two options of a family at a time. */
    private static Stream<Map<String, String>> overrides() {
        List<Map<String, String>> all = new ArrayList<>();
        List<String> names = List.copyOf(OPTIONS.keySet());
        FAMILIES.forEach((family, depth) -> {
            for (int i = 0; i < names.size(); i++) {
                for (int j = 0; j < i; j++) {
                    for (String first : OPTIONS.get(names.get(i))) {
                        for (String second : OPTIONS.get(names.get(j))) {
                            Map<String, String> values = new LinkedHashMap<>(
                                    Map.of("family", family, "depth", depth, "width", "1", "flavour", "torchvision"));
                            values.put(names.get(i), first);
                            values.put(names.get(j), second);
                            all.add(values);
                        }
                    }
                }
            }
        });
        return all.stream().distinct();
    }

    private static Optional<TrainingSpec> spec(Map<String, String> values) {
        try {
            return Optional.of(Preset.resolve("quick", values).spec());
        } catch (ResidualException e) {
            assertThat(e.kind()).isEqualTo(ResidualException.Kind.BAD_SETTING);
            return Optional.empty();
        }
    }

    @Test
    void every_network_that_can_be_trained_has_an_onnx_graph_whose_values_all_come_from_somewhere() {
        Set<ResNetSpec> seen = new HashSet<>();
        overrides()
                .forEach(values -> spec(values).ifPresent(spec -> {
                    ResNetSpec network = spec.resNet(3, 5);
                    if (seen.add(network)) {
                        Network initial = ModelFiles.initial(spec, network, ComputeKernels.STOCK);
                        ComputationGraph graph = initial.graph();
                        assertThat(unresolved(integers(initial)))
                                .as("%s", values)
                                .isEmpty();
                        for (BatchNormMode mode : BatchNormMode.values()) {
                            assertThat(unresolved(OnnxGraph.of(graph, network.input(), 5, mode)))
                                    .as("%s %s", values, mode)
                                    .isEmpty();
                        }
                        NetworkTensors.of(network, ModuleNaming.of(network.flavour()))
                                .forEach(tensor -> assertThat(graph.getParam(tensor.parameter()))
                                        .as("%s %s", values, tensor)
                                        .isNotNull());
                    }
                }));

        assertThat(seen).hasSizeGreaterThan(150);
    }

    private static GraphProto integers(Network network) {
        Program program = Network.inferenceProgram(network.spec()).orElseThrow();
        Map<String, Float> ranges = new HashMap<>();
        Quantization.values(FusedProgram.of(program, Fusing.ALL))
                .forEach(value -> ranges.put(program.value(value).vertex(), 1f));
        return QuantizedOnnxGraph.of(program, network.parameters(), new ActivationRanges(ranges));
    }

    /** Inputs that neither an initialiser, a node before, nor the graph gives, and outputs of the graph that nothing gives. */
    private static Set<String> unresolved(GraphProto graph) {
        Set<String> known = new HashSet<>(Set.of("images"));
        graph.getInitializerList().stream().map(TensorProto::getName).forEach(known::add);
        Set<String> unresolved = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            node.getInputList().stream().filter(input -> !known.contains(input)).forEach(unresolved::add);
            known.addAll(node.getOutputList());
        }
        graph.getOutputList().stream()
                .map(output -> output.getName())
                .filter(output -> !known.contains(output))
                .forEach(unresolved::add);
        return unresolved;
    }
}
