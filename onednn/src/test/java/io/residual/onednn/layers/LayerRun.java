package io.residual.onednn.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What one layer makes of one batch: output, gradients, and output at inference. */
public record LayerRun(INDArray output, INDArray inference, INDArray inputGradient, Map<String, INDArray> gradients) {
    /**
     * Runs a layer forward and backward.
     *
     * @param type double for a reference, float for what is tested
     * @param parameters flat, in the order of the layer; null for a layer without
     */
    static LayerRun of(Layer settings, DataType type, @Nullable INDArray parameters, INDArray input, INDArray epsilon) {
        var conf = new NeuralNetConfiguration.Builder().layer(settings).build();
        var layer = conf.getLayer()
                .instantiate(conf, List.of(), 0, parameters == null ? null : parameters.castTo(type), false, type);
        if (parameters != null) {
            // Whatever the step before has left there.
            layer.setBackpropGradientsViewArray(
                    Nd4j.create(type, parameters.length()).addi(3.25));
        }
        var workspaces = LayerWorkspaceMgr.noWorkspaces();
        var inference = layer.activate(input.castTo(type), false, workspaces).dup();
        var output = layer.activate(input.castTo(type), true, workspaces).dup();
        var back = layer.backpropGradient(epsilon.castTo(type), workspaces);
        var gradients = new LinkedHashMap<String, INDArray>();
        back.getFirst().gradientForVariable().forEach((name, gradient) -> gradients.put(name, gradient.dup()));
        return new LayerRun(output, inference, back.getSecond(), gradients);
    }

    /** Compares everything, with a tolerance relative to the largest value of each array. */
    void assertCloseTo(LayerRun expected, double tolerance) {
        assertClose("output", output, expected.output, tolerance);
        assertClose("output at inference", inference, expected.inference, tolerance);
        assertClose("input gradient", inputGradient, expected.inputGradient, tolerance);
        assertThat(gradients.keySet()).isEqualTo(expected.gradients.keySet());
        gradients.forEach((name, gradient) ->
                assertClose("gradient of " + name, gradient, expected.gradients.get(name), tolerance));
    }

    public static void assertClose(String what, INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.shape()).as("shape of " + what).isEqualTo(expected.shape());
        var reference = expected.castTo(DataType.DOUBLE).dup('c');
        double scale = Math.max(1e-3, reference.amaxNumber().doubleValue());
        double distance = actual.castTo(DataType.DOUBLE)
                .dup('c')
                .sub(reference)
                .amaxNumber()
                .doubleValue();
        assertThat(distance)
                .as("largest difference of " + what + ", values up to " + scale)
                .isLessThanOrEqualTo(tolerance * scale);
    }
}
