package io.residual.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.graph.PyTorchBatchNorm;
import io.residual.core.graph.ResNetGraph;
import io.residual.onednn.OneDnn;
import io.residual.onednn.kernels.Precision;
import io.residual.onednn.step.CompiledStep;
import io.residual.program.Interpreter;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** What a program means: the interpreter against PyTorch in double precision, and the compiled step against the interpreter. */
@Tag("slow")
class InterpreterTest {
    /** Sums of up to 25,000 products in another order: measured 3e-13. */
    private static final double DOUBLE = 1e-9;

    /** Single precision: measured 6e-6. */
    private static final double SINGLE = 1e-5;

    /** The loss in bfloat16: measured 1.8e-3. */
    private static final double BFLOAT16 = 5e-3;

    /** Of the angle between the complete gradient in bfloat16 and the exact one: measured 0.90 to 0.99. */
    private static final double COSINE = 0.85;

    /** What is left of a bias in front of a batch norm, over the largest gradient: measured 6e-5. */
    private static final double ROUNDING = 3e-4;

    /** The loss, gradients and running statistics of a batch on the given weights. */
    private record Batch(ResNetSpec spec, Fixture fixture) {
        List<NamedTensor> tensors() {
            return NetworkTensors.of(spec, ModuleNaming.of(spec.flavour()));
        }

        int images() {
            return (int) fixture.array("input").size(0);
        }

        Interpreter.Outcome interpreted() throws UnsupportedNetworkException {
            Map<String, double[]> parameters = new HashMap<>();
            for (NamedTensor tensor : tensors()) {
                parameters.put(tensor.parameter(), numbers(fixture.state("", tensor)));
            }
            return Interpreter.run(
                    program(spec), parameters, numbers(fixture.array("input")), numbers(fixture.labels(10)));
        }
    }

    static Program program(ResNetSpec spec) throws UnsupportedNetworkException {
        ImageShape input = spec.input();
        return ProgramReader.read(
                ResNetGraph.configuration(spec, new Sgd(0.05), 1),
                InputType.convolutional(input.height(), input.width(), input.channels()),
                PyTorchBatchNorm.class::isInstance);
    }

    @ParameterizedTest
    @EnumSource(names = {"BOOK_18_AT_28", "CIFAR_20_A", "PRE_ACTIVATION_20", "BOTTLENECK_17", "RESNET_18_D"})
    void the_interpreter_s_gradients_are_pytorch_s_in_double_precision(PyTorchParityTest.Network network)
            throws UnsupportedNetworkException {
        Batch batch = new Batch(network.spec(), network.fixture());
        Fixture expected = network.inDoublePrecision();

        Interpreter.Outcome outcome = batch.interpreted();

        assertThat(outcome.loss()).isCloseTo(expected.array("train/loss1").getDouble(0), offset(DOUBLE));
        for (NamedTensor tensor : batch.tensors()) {
            double[] actual = Objects.requireNonNull(outcome.gradients().get(tensor.parameter()));
            if (tensor.trained()) {
                double[] gradient =
                        Arrays.stream(actual).map(sum -> sum / batch.images()).toArray();
                double[] wanted = numbers(expected.array("train/grad/" + tensor.name()));
                // A bias in front of a batch norm has no gradient but rounding.
                double scale = Math.max(largest(wanted), 1e-5 * expected.largestGradient());
                assertThat(distance(gradient, wanted) / scale).as(tensor.name()).isLessThan(DOUBLE);
            } else if (expected.file().names().contains("after1/buffer/" + tensor.name())) {
                double[] before = numbers(batch.fixture().state("", tensor));
                double[] after = numbers(expected.state("after1/", tensor));
                for (int i = 0; i < after.length; i++) {
                    assertThat(before[i] - actual[i]).as(tensor.name()).isCloseTo(after[i], offset(DOUBLE));
                }
            }
        }
    }

    /** Batches for which no ReLU or maximum is within single precision's rounding of deciding otherwise. */
    static Stream<Arguments> batches() {
        Stream<Arguments> random = Stream.of(
                        PyTorchParityTest.Network.CIFAR_20_A,
                        PyTorchParityTest.Network.CIFAR_14_B,
                        PyTorchParityTest.Network.PRE_ACTIVATION_20,
                        PyTorchParityTest.Network.WIDE_16_2,
                        PyTorchParityTest.Network.BOTTLENECK_17,
                        PyTorchParityTest.Network.RESNET_18_D)
                .map(network -> Arguments.of(network, new Batch(network.spec(), network.fixture())));
        Stream<Arguments> real = Stream.of(RealImagesTest.Network.values())
                .map(network -> Arguments.of(network, new Batch(network.spec(), network.fixture())));
        return Stream.concat(random, real);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("batches")
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void the_compiled_step_computes_what_the_interpreter_does(Enum<?> network, Batch batch)
            throws UnsupportedNetworkException {
        ComputationGraph graph = graph(batch);
        CompiledStep.Outcome actual = compiled(batch, graph, Precision.F32);
        Interpreter.Outcome expected = batch.interpreted();
        assertThat(actual.loss()).isCloseTo(expected.loss(), offset(SINGLE * expected.loss()));
        double largest = expected.gradients().values().stream()
                .mapToDouble(InterpreterTest::largest)
                .max()
                .orElseThrow();
        for (NamedTensor tensor : batch.tensors()) {
            double[] wanted = Objects.requireNonNull(expected.gradients().get(tensor.parameter()));
            double[] gradient = numbers(RealImagesTest.gradient(graph, tensor.parameter()));
            boolean rounding = largest(wanted) < 1e-5 * largest;
            assertThat(distance(gradient, wanted) / (rounding ? largest : largest(wanted)))
                    .as(network + " " + tensor.name())
                    .isLessThan(rounding ? ROUNDING : SINGLE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("batches")
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void in_bfloat16_the_gradient_has_the_interpreter_s_direction(Enum<?> network, Batch batch)
            throws UnsupportedNetworkException {
        ComputationGraph graph = graph(batch);
        CompiledStep.Outcome actual = compiled(batch, graph, Precision.BF16);
        Interpreter.Outcome expected = batch.interpreted();
        double product = 0;
        double squares = 0;
        double wantedSquares = 0;
        for (NamedTensor tensor : batch.tensors()) {
            if (tensor.trained()) {
                double[] wanted = Objects.requireNonNull(expected.gradients().get(tensor.parameter()));
                double[] gradient = numbers(RealImagesTest.gradient(graph, tensor.parameter()));
                for (int i = 0; i < wanted.length; i++) {
                    product += wanted[i] * gradient[i];
                    squares += gradient[i] * gradient[i];
                    wantedSquares += wanted[i] * wanted[i];
                }
            }
        }
        assertThat(actual.loss()).isCloseTo(expected.loss(), offset(BFLOAT16 * expected.loss()));
        assertThat(product / Math.sqrt(squares * wantedSquares)).isGreaterThan(COSINE);
    }

    /** Leaves the gradient in the graph. */
    private static CompiledStep.Outcome compiled(Batch batch, ComputationGraph graph, Precision precision)
            throws UnsupportedNetworkException {
        return new CompiledStep(program(batch.spec()), graph, precision)
                .gradient(batch.fixture().array("input"), batch.fixture().labels(10));
    }

    private static ComputationGraph graph(Batch batch) {
        ComputationGraph graph = new ComputationGraph(OneDnn.accelerate(
                ResNetGraph.configuration(batch.spec(), new Sgd(0.05), 1), PyTorchBatchNorm.class::isInstance));
        graph.init();
        for (NamedTensor tensor : batch.tensors()) {
            tensor.toPyTorch(graph.getParam(tensor.parameter()))
                    .assign(batch.fixture().state("", tensor));
        }
        return graph;
    }

    /** As they lie in the memory of an array of that order. */
    private static double[] numbers(INDArray array) {
        return array.dup(array.rank() == 2 ? array.ordering() : 'c').data().asDouble();
    }

    private static double largest(double[] numbers) {
        return Arrays.stream(numbers).map(Math::abs).max().orElseThrow();
    }

    private static double distance(double[] actual, double[] expected) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
        }
        return largest;
    }
}
