package io.residual.onednn.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.onednn.kernels.Nhwc;
import io.residual.onednn.step.CompiledStepTest.Network;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Steps whose convolutions of 3 x 3 are computed by Winograd's products. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class WinogradStepTest {
    private static final int IMAGES = 37;

    /**
     * Of the largest gradient of a parameter. Measured 1e-2 for what is before the one ReLU that rounding decides otherwise, 2e-6 to 9e-6 for what
     * is behind it.
     */
    private static final float ROUNDING = 3e-2f;

    @Test
    void gradients_are_those_of_direct_convolutions_layer_by_layer() {
        ComputationGraph graph = Network.WIDE.graph();
        INDArray images = CompiledStepTest.images(IMAGES);
        INDArray labels = CompiledStepTest.labels(IMAGES);
        graph.setInputs(images);
        graph.setLabels(labels);
        graph.computeGradientAndScore();
        Map<String, float[]> expected = gradients(graph);
        double score = graph.score();

        CompiledStep.Outcome actual =
                Network.WIDE.step(graph, CompiledStepTest.TWO).gradient(images, labels);

        assertThat(actual.loss()).isCloseTo(score, within(1e-5));
        float largest = 0;
        for (float[] each : expected.values()) {
            largest = Math.max(largest, largest(each));
        }
        Map<String, float[]> gradients = gradients(graph);
        for (Map.Entry<String, float[]> each : expected.entrySet()) {
            // A bias in front of a batch norm has no gradient but rounding.
            float scale = Math.max(largest(each.getValue()), 1e-2f * largest);
            assertThat(gradients.get(each.getKey()))
                    .as(each.getKey())
                    .containsExactly(each.getValue(), within(ROUNDING * scale));
        }
    }

    private static float largest(float[] numbers) {
        float largest = 0;
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        return largest;
    }

    /** The parts of the flat gradient, by parameter, without running variances, which the layers do not correct. */
    private static Map<String, float[]> gradients(ComputationGraph graph) {
        Map<String, float[]> gradients = new HashMap<>();
        INDArray flat = graph.getFlattenedGradients();
        graph.paramTable().forEach((name, parameter) -> {
            if (name.endsWith("_var")) {
                return;
            }
            long from = (Nhwc.address(parameter).address()
                            - Nhwc.address(graph.params()).address())
                    / Float.BYTES;
            gradients.put(
                    name,
                    flat.reshape(flat.length())
                            .get(NDArrayIndex.interval(from, from + parameter.length()))
                            .toFloatVector());
        });
        return gradients;
    }
}
