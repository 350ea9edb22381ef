package io.residual.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.graph.ResNetGraph;
import io.residual.core.safetensors.DType;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsTensor;
import io.residual.core.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** A torchvision network's weights as trainers, wrappers and hubs save them, against the logits that PyTorch computed. */
class WeightsInCirculationTest {
    private static final double BOUND = 1e-5;

    private final ResNetSpec spec =
            ResNetSpec.resNet(18, Flavour.TORCHVISION).withWidth(4).withInput(new ImageShape(3, 40, 40));
    private final SafetensorsFile published = Fixture.read("pretrained18").file();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_orig_mod.",
                "module.",
                "model.",
                "net.",
                "state_dict.",
                "module._orig_mod.",
                "_orig_mod.module.",
                "model._orig_mod.module.",
                "_fsdp_wrapped_module.model.backbone.",
                "student.layer1."
            })
    void prefixes_of_wrappers_are_removed(String prefix) throws Exception {
        PretrainedWeights.Outcome outcome = requirePublishedLogits(renamed(name -> prefix + name));

        assertThat(outcome.loaded()).isEqualTo(102);
        assertThat(outcome.notes())
                .singleElement()
                .asString()
                .isEqualTo(prefix + "bn1.bias is read as bn1.bias and so on");
    }

    @Test
    void wrappers_of_parts_of_a_network_are_removed() throws Exception {
        requirePublishedLogits(renamed(name -> name.replaceFirst("^layer2\\.", "layer2._orig_mod.")
                .replaceFirst("^layer3\\.0\\.", "layer3.0._checkpoint_wrapped_module.")));
    }

    @Test
    void counters_of_batches_may_be_there_or_not() throws Exception {
        SafetensorsWriter without = new SafetensorsWriter();
        for (String name : published.names()) {
            if (!name.endsWith("num_batches_tracked")) {
                without.array(name, published.tensor(name).toArray());
            }
        }

        assertThat(published.names()).contains("bn1.num_batches_tracked");
        assertThat(requirePublishedLogits(renamed(name -> name)).notes()).isEmpty();
        assertThat(requirePublishedLogits(write(without)).notes()).isEmpty();
    }

    @Test
    void what_lies_beside_the_network_is_skipped_and_reported() throws Exception {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String name : published.names()) {
            writer.array("model." + name, published.tensor(name).toArray());
        }
        writer.floats("criterion.weight", new float[10], 10).floats("ema.decay", new float[1]);

        assertThat(requirePublishedLogits(write(writer)).notes())
                .containsExactly(
                        "model.bn1.bias is read as bn1.bias and so on",
                        "2 tensors are not of the network and skipped: criterion.weight, ema.decay");
    }

    @Test
    void two_networks_in_a_file_are_ambiguous() throws Exception {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String name : published.names()) {
            writer.array("model." + name, published.tensor(name).toArray());
            writer.array("ema." + name, published.tensor(name).toArray());
        }
        Path file = write(writer);

        assertThatThrownBy(() -> load(file))
                .hasMessage(file + ": holds several networks that fit, under ema. and model.: save one of them");
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "F64"})
    void other_types_of_floating_point_are_converted(DType type) throws Exception {
        // Multiples of 1/128 below 2 are exact in all of them.
        Map<String, float[]> values = new TreeMap<>();
        SafetensorsWriter exact = new SafetensorsWriter();
        for (String name : published.names()) {
            SafetensorsTensor tensor = published.tensor(name);
            if (tensor.dtype() == DType.F32) {
                float[] coarse = tensor.floats();
                for (int i = 0; i < coarse.length; i++) {
                    coarse[i] = Math.max(-127, Math.min(127, Math.round(coarse[i] * 128))) / 128f;
                }
                values.put(name, coarse);
                exact.floats(name, coarse, shape(tensor));
            }
        }
        ComputationGraph expected = graph();
        NetworkWeights.load(SafetensorsFile.read(write(exact)), expected, spec, ModuleNaming.TORCHVISION);
        Path stored = directory.resolve("stored.safetensors");
        Files.write(stored, file(type, values));
        ComputationGraph actual = graph();
        NetworkWeights.load(SafetensorsFile.read(stored), actual, spec, ModuleNaming.TORCHVISION);

        assertThat(actual.params()).isEqualTo(expected.params());
        assertThat(actual.params().amaxNumber().floatValue()).isEqualTo(127 / 128f);
    }

    @Test
    void a_model_in_several_files_is_read_through_its_index() throws Exception {
        List<String> names = List.copyOf(published.names());
        StringBuilder map = new StringBuilder();
        for (int part = 1; part <= 2; part++) {
            SafetensorsWriter writer = new SafetensorsWriter();
            String file = "model-0000" + part + "-of-00002.safetensors";
            int from = part == 1 ? 0 : 40;
            for (String name : names.subList(from, part == 1 ? 40 : names.size())) {
                writer.array(name, published.tensor(name).toArray());
                map.append(map.isEmpty() ? "" : ",").append("\"%s\":\"%s\"".formatted(name, file));
            }
            writer.write(directory.resolve(file));
        }
        Path index = directory.resolve("model.safetensors.index.json");
        Files.writeString(index, "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {" + map + "}}");
        requirePublishedLogits(index);

        Path part = directory.resolve("model-00002-of-00002.safetensors");
        assertThatThrownBy(() -> load(part))
                .hasMessageContaining(": does not fit the network: 34 tensors are missing: ");
        Files.delete(part);
        assertThatThrownBy(() -> load(index))
                .hasMessage(
                        index + ": its file 'model-00002-of-00002.safetensors' is missing: put all files of the index"
                                + " beside it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"weight_map\": 3}",
                "{\"weight_map\": {}}",
                "{\"weight_map\": {\"fc.bias\": null}}",
                "{\"weight_map\": {\"fc.bias\": \"../secret.safetensors\"}}",
                "{\"weight_map\": {\"fc.bias\": \"/etc/passwd\"}}",
                "{\"weight_map\": {\"fc.bias\": \"model.safetensors.index.json\"}}",
                "{\"weight_map\": {\"fc.bias\": \"a\", \"fc.bias\": \"b\"}}",
                "{\"weight_map\": {\"fc.bias\": \"a.safetensors\""
            })
    void an_index_that_is_none_is_refused(String text) throws Exception {
        Path index = directory.resolve("model.safetensors.index.json");
        Files.writeString(index, text);

        assertThatThrownBy(() -> SafetensorsFile.read(index))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageStartingWith(index + ": ");
    }

    @Test
    void all_differences_are_named() throws Exception {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String name : published.names()) {
            if (name.equals("layer1.0.conv1.weight")) {
                writer.floats(name, new float[8 * 4 * 9], 8, 4, 3, 3);
            } else if (!name.startsWith("layer4.1.bn2")) {
                writer.array(name, published.tensor(name).toArray());
            }
        }
        writer.floats("layer5.0.conv1.weight", new float[1], 1);
        Path file = write(writer);

        assertThatThrownBy(() -> load(file))
                .hasMessage(file + ": does not fit the network: 4 tensors are missing: layer4.1.bn2.weight,"
                        + " layer4.1.bn2.bias, layer4.1.bn2.running_mean, ...; 1 tensor is unexpected:"
                        + " layer5.0.conv1.weight; 1 tensor is of another shape: layer1.0.conv1.weight [8, 4, 3, 3]"
                        + " instead of [4, 4, 3, 3]");
    }

    @Test
    void a_file_without_a_name_of_the_network_shows_both_names() throws Exception {
        Path file = write(new SafetensorsWriter().floats("transformer.h.0.attn", new float[1], 1));

        assertThatThrownBy(() -> load(file))
                .hasMessage(
                        file + ": none of its 1 tensors has a name of the network: the first is transformer.h.0.attn,"
                                + " the network's is conv1.weight");
    }

    @Test
    void a_file_of_torch_save_is_named_and_not_read() throws Exception {
        Path file = directory.resolve("resnet18.pth");
        Files.write(file, new byte[] {'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0});

        assertThatThrownBy(() -> SafetensorsFile.read(file))
                .hasMessageContaining("a file of torch.save, which is never read here")
                .hasMessageContaining("safetensors.torch.save_file");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void weights_that_are_no_numbers_are_refused_with_their_tensor(float value) throws Exception {
        Path file = changed("layer2.1.conv2.weight", 5, value);
        ComputationGraph graph = graph();
        INDArray before = graph.params().dup();

        for (int strict = 0; strict < 2; strict++) {
            boolean own = strict == 1;
            assertThatThrownBy(() -> {
                        SafetensorsFile read = SafetensorsFile.read(file);
                        if (own) {
                            NetworkWeights.load(read, graph, spec, ModuleNaming.TORCHVISION);
                        } else {
                            PretrainedWeights.load(read, graph, spec, ModuleNaming.TORCHVISION);
                        }
                    })
                    .isInstanceOf(SafetensorsException.class)
                    .hasMessage(file + ": tensor 'layer2.1.conv2.weight': element 5 is " + value
                            + ", no finite 32-bit number: the file is damaged, or its training diverged");
        }
        assertThat(graph.params()).isEqualTo(before);
    }

    @Test
    void a_variance_below_zero_is_refused() throws Exception {
        Path file = changed("layer2.1.bn2.running_var", 3, -1e-3f);

        assertThatThrownBy(() -> load(file))
                .hasMessage(file + ": layer2.1.bn2.running_var holds a variance below 0: the file is damaged");
    }

    private Path changed(String tensor, int element, float value) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String name : published.names()) {
            if (name.equals(tensor)) {
                float[] values = published.tensor(name).floats();
                values[element] = value;
                writer.floats(name, values, shape(published.tensor(name)));
            } else {
                writer.array(name, published.tensor(name).toArray());
            }
        }
        return write(writer);
    }

    private Path renamed(UnaryOperator<String> rename) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String name : published.names()) {
            writer.array(rename.apply(name), published.tensor(name).toArray());
        }
        return write(writer);
    }

    private Path write(SafetensorsWriter writer) throws IOException {
        Path file = directory.resolve("model.safetensors");
        writer.write(file);
        return file;
    }

    private PretrainedWeights.Outcome requirePublishedLogits(Path file) throws IOException {
        ComputationGraph graph = graph();
        PretrainedWeights.Outcome outcome =
                PretrainedWeights.load(SafetensorsFile.read(file), graph, spec, ModuleNaming.TORCHVISION);
        Fixture expected = Fixture.read("pretrained18-logits");
        INDArray logits = graph.feedForward(expected.array("input"), false).get("fc");
        assertThat(Fixture.error(logits, expected.array("logits"))).isLessThan(BOUND);
        return outcome;
    }

    private void load(Path file) throws IOException {
        PretrainedWeights.load(SafetensorsFile.read(file), graph(), spec, ModuleNaming.TORCHVISION);
    }

    private ComputationGraph graph() {
        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(spec, new Sgd(0.05), 1));
        graph.init();
        return graph;
    }

    private static long[] shape(SafetensorsTensor tensor) {
        return tensor.shape().stream().mapToLong(Long::longValue).toArray();
    }

    /** A safetensors file of tensors of one type, which our writer does not write. Its metadata are null. */
    private byte[] file(DType type, Map<String, float[]> values) throws IOException {
        int bytes = values.values().stream().mapToInt(v -> v.length).sum() * type.bytes();
        ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<String> entries = new ArrayList<>(List.of("\"__metadata__\":null"));
        for (Map.Entry<String, float[]> entry : values.entrySet()) {
            int begin = data.position();
            for (float value : entry.getValue()) {
                put(data, type, value);
            }
            entries.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                    .formatted(
                            entry.getKey(),
                            type,
                            published.tensor(entry.getKey()).shape(),
                            begin,
                            data.position()));
        }
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + header.length + bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data.flip())
                .array();
    }

    private static void put(ByteBuffer data, DType type, float value) {
        int bits = Float.floatToRawIntBits(value);
        switch (type) {
            case F64 -> data.putDouble(value);
            case BF16 -> data.putShort((short) (bits >>> 16));
            default -> {
                int half = value == 0 ? 0 : (Math.getExponent(value) + 15) << 10 | bits >> 13 & 0x3ff;
                data.putShort((short) (bits >>> 16 & 0x8000 | half));
            }
        }
    }
}
