package io.residual.spark.predict;

import io.residual.data.picture.PictureLimits;
import io.residual.evaluation.model.ModelChoice;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.predict.InvertMode;
import io.residual.training.device.DeviceChoice;
import io.residual.training.device.InferenceChoice;
import io.residual.training.network.InferencePrecision;
import io.residual.training.network.KernelChoice;
import java.io.Serializable;
import java.util.OptionalDouble;

/**
 * {@link ClassifierOptions} but for the checkpoint, in types that executors read.
 *
 * @param device as in {@code --device}
 * @param kernels name of a {@link KernelChoice}
 * @param precision name of an {@link InferencePrecision}
 * @param inversion name of an {@link InvertMode}
 * @param coverage 0 for the default
 */
public record ClassifierSettings(
        String device,
        String kernels,
        String precision,
        String inversion,
        int maxBytes,
        int maxPixels,
        double coverage,
        double abstainBelow)
        implements Serializable {
    public static ClassifierSettings of(ClassifierOptions options) {
        return new ClassifierSettings(
                options.inference().device().toString(),
                options.inference().kernels().name(),
                options.inference().precision().name(),
                options.inversion().name(),
                options.limits().bytes(),
                options.limits().pixels(),
                options.coverage().orElse(0),
                options.abstainBelow());
    }

    /** The options of a classifier with these weights. */
    public ClassifierOptions options(ModelChoice checkpoint) {
        return ClassifierOptions.DEFAULT
                .withCheckpoint(checkpoint)
                .withInference(new InferenceChoice(
                        DeviceChoice.of(device), KernelChoice.valueOf(kernels), InferencePrecision.valueOf(precision)))
                .withInversion(mode())
                .withLimits(PictureLimits.DEFAULT.withBytes(maxBytes).withPixels(maxPixels))
                .withCoverage(coverage == 0 ? OptionalDouble.empty() : OptionalDouble.of(coverage))
                .withAbstainBelow(abstainBelow);
    }

    public InvertMode mode() {
        return InvertMode.valueOf(inversion);
    }
}
