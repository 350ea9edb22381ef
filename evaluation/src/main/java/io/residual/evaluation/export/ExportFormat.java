package io.residual.evaluation.export;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.files.AtomicFile;
import io.residual.core.safetensors.SafetensorsWriter;
import io.residual.core.weights.ModuleNaming;
import io.residual.core.weights.NamedTensor;
import io.residual.core.weights.NetworkTensors;
import io.residual.program.inference.ActivationRanges;
import io.residual.training.network.Network;
import io.residual.training.run.Versions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** A format, and how a model is written in it: completely or not at all. */
public enum ExportFormat {
    /** Graph and weights, for ONNX Runtime and its like. */
    ONNX {
        @Override
        public void write(Path file, Network network, BatchNormMode batchNorms, Map<String, String> card)
                throws IOException {
            ResNetSpec spec = network.spec();
            writeOnnx(file, OnnxGraph.of(network.graph(), spec.input(), spec.classes(), batchNorms), card);
        }
    },
    /** Weights under PyTorch's names, with the metadata in the header; batch norms are kept. */
    SAFETENSORS {
        @Override
        public void write(Path file, Network network, BatchNormMode batchNorms, Map<String, String> card)
                throws IOException {
            SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
            card.forEach(writer::metadata);
            ComputationGraph graph = network.graph();
            for (NamedTensor tensor : NetworkTensors.of(
                    network.spec(), ModuleNaming.of(network.spec().flavour()))) {
                writer.array(
                        tensor.name(),
                        tensor.toPyTorch(
                                Objects.requireNonNull(graph.getParam(tensor.parameter()), tensor.parameter())));
            }
            writer.write(file);
        }
    };

    /**
     * Writes a network of 8-bit integers as ONNX.
     *
     * @param ranges of its activations
     * @param card of the model, by key
     */
    public static void writeIntegers(Path file, Network network, ActivationRanges ranges, Map<String, String> card)
            throws IOException {
        writeOnnx(
                file,
                QuantizedOnnxGraph.of(
                        Network.inferenceProgram(network.spec()).orElseThrow(), network.parameters(), ranges),
                card);
    }

    /** The first IR version whose runtimes know opset 13. */
    private static final int IR_VERSION = 7;

    static void writeOnnx(Path file, GraphProto graph, Map<String, String> card) throws IOException {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("Residual")
                .setProducerVersion(Versions.current().residual())
                .setGraph(graph);
        model.addOpsetImportBuilder().setVersion(OnnxGraph.OPSET);
        card.forEach((key, value) -> model.addMetadataPropsBuilder().setKey(key).setValue(value));
        ByteBuffer bytes = ByteBuffer.wrap(model.build().toByteArray());
        AtomicFile.write(file, out -> {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        });
    }

    /**
     * Writes a model.
     *
     * @param network on Deeplearning4j's own layers
     * @param card of the model, by key
     * @throws ResidualException of kind BAD_RUN if the format has no counterpart of a vertex
     */
    public abstract void write(Path file, Network network, BatchNormMode batchNorms, Map<String, String> card)
            throws IOException;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
