package io.residual.onednn.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.onednn.kernels.Nhwc;
import io.residual.onednn.step.CompiledStepTest.Network;
import io.residual.program.Interpreter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Steps whose convolutions of 3 x 3 are computed by Winograd's products. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class WinogradStepTest {
    private static final int IMAGES = 32;

    /** Of the largest gradient of a parameter: measured 1e-5. */
    private static final double ROUNDING = 5e-5;

    @Test
    void gradients_are_those_of_the_interpreter_in_double_precision() {
        ComputationGraph graph = Network.WIDE.graph();
        Map<String, double[]> parameters = new HashMap<>();
        graph.paramTable().forEach((name, values) -> parameters.put(name, numbers(values)));
        INDArray images = CompiledStepTest.images(IMAGES);
        INDArray labels = CompiledStepTest.labels(IMAGES);
        Interpreter.Outcome expected =
                Interpreter.run(Network.WIDE.program(), parameters, numbers(images), numbers(labels));

        CompiledStep.Outcome actual =
                Network.WIDE.step(graph, CompiledStepTest.TWO).gradient(images, labels);

        assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5));
        double largest = expected.gradients().values().stream()
                .mapToDouble(WinogradStepTest::largest)
                .max()
                .orElseThrow();
        for (String name : parameters.keySet()) {
            double[] wanted = Objects.requireNonNull(expected.gradients().get(name));
            // A bias in front of a batch norm has no gradient but rounding.
            double scale = Math.max(largest(wanted), 1e-2 * largest);
            double[] gradient = numbers(gradient(graph, name));
            for (int i = 0; i < wanted.length; i++) {
                assertThat(gradient[i]).as(name).isCloseTo(wanted[i], within(ROUNDING * scale));
            }
        }
    }

    /** In the order in which they lie in memory. */
    private static double[] numbers(INDArray array) {
        float[] floats = Nhwc.floats(array);
        double[] numbers = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            numbers[i] = floats[i];
        }
        return numbers;
    }

    private static double largest(double[] numbers) {
        return Arrays.stream(numbers).map(Math::abs).max().orElseThrow();
    }

    /** The part of the flat gradient that belongs to a parameter. */
    private static INDArray gradient(ComputationGraph graph, String name) {
        INDArray parameter = graph.getParam(name);
        long from = (Nhwc.address(parameter).address()
                        - Nhwc.address(graph.params()).address())
                / Float.BYTES;
        INDArray flat = graph.getFlattenedGradients();
        return flat.reshape(flat.length()).get(NDArrayIndex.interval(from, from + parameter.length()));
    }
}
