package io.residual.laboratory.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;
import io.residual.core.graph.PyTorchBatchNorm;
import io.residual.core.graph.ResNetGraph;
import io.residual.laboratory.gradients.Snapshot.OfBlock;
import io.residual.laboratory.gradients.Snapshot.OfOutput;
import io.residual.laboratory.gradients.Snapshot.OfParameter;
import io.residual.onednn.OneDnn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * What is measured in whole networks against PyTorch's autograd on the same weights and images, and against finite
 * differences. {@code gradients.json} and the program that made it lie beside this class's resources.
 */
@Tag("slow")
class GradientParityTest {
    /** Both sides in double precision; but for the order of sums they compute the same. */
    private static final double DOUBLE = 1e-9;

    /** Single precision through 20 layers of ReLUs, some of whose inputs are within rounding of zero. */
    private static final double FLOAT = 5e-3;

    enum Network {
        RESIDUAL(ResNetSpec.cifar(20, Flavour.CIFAR)),
        PLAIN(ResNetSpec.cifar(20, Flavour.CIFAR).plainTwin()),
        PREACTIVATION(ResNetSpec.preActivation(11));

        private final ResNetSpec spec;

        Network(ResNetSpec spec) {
            this.spec = spec;
        }

        JsonNode expected() {
            try (InputStream in = GradientParityTest.class.getResourceAsStream("gradients.json")) {
                return new ObjectMapper().readTree(in).get("networks").get(name().toLowerCase(Locale.ROOT));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        ComputationGraph stock() {
            ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(spec, new Sgd(0.1), 1));
            graph.init();
            return graph;
        }

        ComputationGraph doubles() {
            ComputationGraph graph = stock().convertDataType(DataType.DOUBLE);
            set(graph);
            return graph;
        }

        ComputationGraph oneDnn() {
            ComputationGraph graph = new ComputationGraph(
                    OneDnn.accelerate(stock().getConfiguration(), PyTorchBatchNorm.class::isInstance));
            graph.init();
            OneDnn.copyParameters(stock(), graph);
            set(graph);
            return graph;
        }

        private void set(ComputationGraph graph) {
            Numbers numbers = new Numbers(20);
            for (JsonNode tensor : expected().get("tensors")) {
                long[] shape = StreamSupport.stream(tensor.get("shape").spliterator(), false)
                        .mapToLong(JsonNode::asLong)
                        .toArray();
                double bound = tensor.get("bound").asDouble();
                INDArray parameter = graph.getParam(tensor.get("name").asText() + "_W");
                parameter.assign(numbers.next(parameter.dataType(), bound, shape));
            }
        }

        Snapshot measure(ComputationGraph graph) {
            return GradientProbe.measure(
                    "start",
                    graph,
                    NetworkMap.of(spec, graph),
                    List.of(batch(graph.params().dataType())));
        }
    }

    /** The generator of generate_gradients.py. */
    private static final class Numbers {
        private long x;

        Numbers(long seed) {
            x = seed;
        }

        double next() {
            x = (1103515245L * x + 12345) % (1L << 31);
            return x * 0x1p-31;
        }

        /** In [-bound, bound), rounded to 32 bits, in C order. */
        INDArray next(DataType type, double bound, long... shape) {
            INDArray array = Nd4j.create(type, shape);
            for (long i = 0; i < array.length(); i++) {
                array.putScalar(i, (float) ((2 * next() - 1) * bound));
            }
            return array;
        }
    }

    private static DataSet batch(DataType type) {
        Numbers numbers = new Numbers(3);
        INDArray images = Nd4j.create(type, 8, 1, 28, 28);
        for (long i = 0; i < images.length(); i++) {
            images.putScalar(i, (float) numbers.next());
        }
        INDArray labels = Nd4j.create(type, 8, 10);
        for (int i = 0; i < 8; i++) {
            labels.putScalar(i, i * 3 % 10, 1);
        }
        return new DataSet(images, labels);
    }

    @ParameterizedTest
    @EnumSource
    void deeplearning4j_s_layers_agree_with_autograd_in_double_precision(Network network) {
        assertAgrees(network.measure(network.doubles()), network.expected(), DOUBLE);
    }

    @ParameterizedTest
    @EnumSource
    @EnabledOnOs(OS.LINUX)
    void one_dnn_s_layers_agree_with_autograd(Network network) {
        assertAgrees(network.measure(network.oneDnn()), network.expected(), FLOAT);
    }

    private static void assertAgrees(Snapshot snapshot, JsonNode expected, double tolerance) {
        close("loss", snapshot.loss(), expected.get("loss"), tolerance);
        expected.get("weights")
                .properties()
                .forEach(weight -> close(
                        weight.getKey(),
                        snapshot.parameter(weight.getKey(), "W").orElseThrow().gradientNorm(),
                        weight.getValue(),
                        tolerance));
        assertThat(snapshot.outputs().stream().map(OfOutput::path).filter(path -> !path.equals("pool")))
                .containsExactlyInAnyOrderElementsOf(reported(snapshot, expected));
        for (OfOutput output : snapshot.outputs()) {
            JsonNode of = expected.get("outputs").get(output.path());
            if (of != null) {
                close(output.path(), output.activationRms(), of.get("rms"), tolerance);
                close(output.path(), output.gradientNorm(), of.get("gradient"), tolerance);
            }
        }
        assertThat(snapshot.blocks()).hasSize(expected.get("blocks").size());
        for (OfBlock block : snapshot.blocks()) {
            JsonNode of = expected.get("blocks").get(block.path());
            close(block.path(), block.gradientNorm(), of.get("sum"), tolerance);
            close(block.path(), block.convolutionNorm(), of.get("convolutions"), tolerance);
            if (of.get("shortcut").isNull()) {
                assertThat(block.shortcutNorm()).isEmpty();
            } else {
                close(block.path(), block.shortcutNorm(), of.get("shortcut"), tolerance);
            }
        }
    }

    /** What PyTorch tells of, and the sums that pre-activation blocks hand on. */
    private static List<String> reported(Snapshot snapshot, JsonNode expected) {
        List<String> paths = new ArrayList<>();
        expected.get("outputs").fieldNames().forEachRemaining(paths::add);
        snapshot.outputs().stream()
                .map(OfOutput::path)
                .filter(p -> p.endsWith(".add"))
                .forEach(paths::add);
        return paths;
    }

    private static void close(String what, OptionalDouble measured, JsonNode expected, double tolerance) {
        assertThat(measured.orElseThrow()).as(what).isCloseTo(expected.asDouble(), withinPercentage(100 * tolerance));
    }

    @ParameterizedTest
    @EnumSource
    void the_norm_is_how_fast_the_loss_rises_along_the_gradient(Network network) {
        ComputationGraph graph = network.doubles();
        Snapshot snapshot = network.measure(graph);
        DataSet batch = batch(DataType.DOUBLE);
        Map<String, INDArray> gradients = new HashMap<>();
        TracedPass.run(graph, batch, new TracedPass.Watcher() {
            @Override
            public void parameters(GraphVertex vertex, Map<String, INDArray> ofVertex) {
                if (!ofVertex.containsKey("W")) {
                    return;
                }
                // The gradients' own array is written to by the next pass, and this pass' memory is given back.
                gradients.put(vertex.getVertexName(), ofVertex.get("W").dup().detach());
            }
        });
        for (String vertex : List.of("stem.conv", "stage2.block1.conv1", "stage3.block1.conv2", "fc")) {
            INDArray weight = graph.getParam(vertex + "_W");
            INDArray gradient = Objects.requireNonNull(gradients.get(vertex));
            INDArray direction = gradient.div(gradient.norm2Number());
            INDArray before = weight.dup();
            double step = 1e-6;
            weight.assign(before.add(direction.mul(step)));
            double above = TracedPass.run(graph, batch, new TracedPass.Watcher() {});
            weight.assign(before.sub(direction.mul(step)));
            double below = TracedPass.run(graph, batch, new TracedPass.Watcher() {});
            weight.assign(before);
            OfParameter measured = snapshot.parameter(vertex, "W").orElseThrow();
            // A ReLU whose input changes its sign within the step bends the loss.
            assertThat((above - below) / (2 * step))
                    .as(vertex)
                    .isCloseTo(measured.gradientNorm().orElseThrow(), withinPercentage(0.1));
        }
    }

    @Test
    void measuring_changes_neither_weights_nor_running_statistics() {
        ComputationGraph graph = Network.RESIDUAL.oneDnn();
        INDArray before = graph.params().dup();
        Network.RESIDUAL.measure(graph);
        assertThat(graph.params()).isEqualTo(before);
    }
}
