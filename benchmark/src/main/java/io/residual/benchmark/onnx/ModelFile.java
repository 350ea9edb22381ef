package io.residual.benchmark.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;

/** An exported network. */
record ModelFile(Path path) {
    /** How many inputs of an operator, the first not counted, are numbers that training finds. */
    private static final Map<String, Integer> TRAINED = Map.of("Conv", 2, "Gemm", 2, "BatchNormalization", 2);

    /** How many of its numbers training has found: all weights but the running statistics of batch norms. */
    long parameters() throws IOException {
        GraphProto graph;
        try (InputStream in = Files.newInputStream(path)) {
            graph = ModelProto.parseFrom(in).getGraph();
        }
        Map<String, Long> lengths =
                graph.getInitializerList().stream().collect(Collectors.toMap(TensorProto::getName, ModelFile::length));
        return graph.getNodeList().stream()
                .mapToLong(node -> parameters(node, lengths))
                .sum();
    }

    private static long parameters(NodeProto node, Map<String, Long> lengths) {
        return IntStream.range(1, node.getInputCount())
                .limit(TRAINED.getOrDefault(node.getOpType(), 0))
                .mapToObj(node::getInput)
                .mapToLong(name -> lengths.getOrDefault(name, 0L))
                .sum();
    }

    private static long length(TensorProto tensor) {
        return tensor.getDimsList().stream().reduce(1L, Math::multiplyExact);
    }
}
