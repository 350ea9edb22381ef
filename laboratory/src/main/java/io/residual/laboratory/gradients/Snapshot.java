package io.residual.laboratory.gradients;

import io.residual.laboratory.gradients.magnitudes.HalfPrecision;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A network at a moment of its training. Norms are Euclidean, gradients those of the mean loss of a batch; a norm is empty if
 * a value is infinite or NaN.
 *
 * @param moment in words, such as "start" or "step 50"
 * @param loss mean over the batches, in nats; empty if it is not finite
 * @param parameters in the order of the backward pass' vertices, from the image on
 * @param outputs from the image on
 * @param blocks from the image on
 */
public record Snapshot(
        String moment,
        OptionalDouble loss,
        List<OfParameter> parameters,
        List<OfOutput> outputs,
        List<OfBlock> blocks) {
    public Snapshot {
        parameters = List.copyOf(parameters);
        outputs = List.copyOf(outputs);
        blocks = List.copyOf(blocks);
    }

    /**
     * A trained parameter.
     *
     * @param vertex path of its layer, such as {@code stage2.block1.conv2}
     * @param key W, b, gamma or beta
     * @param layer number of the weighted layer that it belongs to, from 1 at the image
     * @param gradientNorm mean over the batches
     * @param norm of the parameter itself
     * @param updateRatio norm of the change of the step that follows over {@code norm}; empty if there is no step,
     *     or the norm is 0
     * @param halfPrecision of its gradient, one for each scaling
     */
    public record OfParameter(
            String vertex,
            String key,
            int layer,
            OptionalDouble gradientNorm,
            double norm,
            OptionalDouble updateRatio,
            List<HalfPrecision> halfPrecision) {
        public OfParameter {
            halfPrecision = List.copyOf(halfPrecision);
        }

        OfParameter withUpdateRatio(OptionalDouble ratio) {
            return new OfParameter(vertex, key, layer, gradientNorm, norm, ratio, halfPrecision);
        }
    }

    /**
     * What a vertex hands on.
     *
     * @param path of the vertex
     * @param layer number of the weighted layer that it belongs to, from 1 at the image
     * @param activationNorm of one image, as the root mean square over the images
     * @param activationRms root mean square of the values
     * @param gradientNorm of the batch's output, mean over the batches
     * @param zeroShare share of the values that are zero, in [0, 1]
     * @param deadShare of a ReLU, the share of the channels that are zero in every place of every image; empty for others
     * @param halfPrecision of its gradient, one for each scaling
     */
    public record OfOutput(
            String path,
            int layer,
            OptionalDouble activationNorm,
            OptionalDouble activationRms,
            OptionalDouble gradientNorm,
            double zeroShare,
            OptionalDouble deadShare,
            List<HalfPrecision> halfPrecision) {
        public OfOutput {
            halfPrecision = List.copyOf(halfPrecision);
        }
    }

    /**
     * A block's input gradient: where the shortcut leaves, g = g of the shortcut + g of the convolutions. The norms are means
     * over the batches.
     *
     * @param path of the block
     * @param layer number of its first weighted layer, from 1 at the image
     * @param gradientNorm of the sum
     * @param shortcutNorm of the part that came through the shortcut; empty without one
     * @param convolutionNorm of the part that came through the convolutions
     * @param shortcutShare of the sum, the part through the shortcut: its projection on the sum over the sum's norm. That of
     *     the convolutions is 1 minus it; one of them is negative where the parts point against each other
     */
    public record OfBlock(
            String path,
            int layer,
            OptionalDouble gradientNorm,
            OptionalDouble shortcutNorm,
            OptionalDouble convolutionNorm,
            OptionalDouble shortcutShare) {}

    /** The parameter of a vertex, if it has such a one. */
    public Optional<OfParameter> parameter(String vertex, String key) {
        return parameters.stream()
                .filter(p -> p.vertex().equals(vertex) && p.key().equals(key))
                .findFirst();
    }

    Snapshot withParameters(List<OfParameter> others) {
        return new Snapshot(moment, loss, others, outputs, blocks);
    }
}
