package io.residual.training.device;

import io.residual.cuda.device.Format;
import io.residual.cuda.step.DeviceTraining;
import io.residual.cuda.step.StepRates;
import io.residual.cuda.step.UpdateRule;
import io.residual.data.ImageBatches;
import io.residual.program.Program;
import io.residual.training.config.ImbalanceSpec;
import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.TrainingSpec;
import io.residual.training.config.UpdateSpec;
import io.residual.training.config.UpdateSpec.Optimiser;
import io.residual.training.optim.LabelWeights;
import io.residual.training.optim.LearningRate;
import io.residual.training.optim.WeightAverage;
import java.util.Locale;
import java.util.Optional;

/** A spec in the terms of a device. */
final class DeviceRecipe {
    private final OptimisationSpec spec;
    private final LearningRate rate;
    private final int batch;
    private final int images;

    private DeviceRecipe(OptimisationSpec spec, LearningRate rate, int batch, int images) {
        this.spec = spec;
        this.rate = rate;
        this.batch = batch;
        this.images = images;
    }

    /** The recipe of a run that a device can train. */
    static DeviceRecipe of(OptimisationSpec spec, ImageBatches batches) {
        return new DeviceRecipe(
                spec,
                // A device updates after every batch.
                LearningRate.of(spec, batches.batches()),
                batches.batchSize(),
                batches.imagesPerEpoch());
    }

    /**
     * Refuses batches that need more memory than is free. Convolutions may need some more.
     *
     * @throws io.residual.core.ResidualException of kind OUT_OF_MEMORY that names the batch size that fits
     */
    void requireMemory(Program program, long free) {
        int last = batch(steps() - 1);
        long needed = DeviceTraining.bytes(program, format(), batch)
                + (last == batch ? 0 : DeviceTraining.bytes(program, format(), last));
        if (needed > free) {
            throw DeviceErrors.outOfMemory(batch, needed, free);
        }
    }

    /** What only the CPU does: a setting with its value. */
    static Optional<String> unsupported(TrainingSpec spec, LabelWeights weights) {
        UpdateSpec update = spec.optimisation().update();
        ImbalanceSpec imbalance = spec.optimisation().imbalance();
        Optimiser optimiser = update.optimiser();
        if (optimiser.isAdaptive() && optimiser != Optimiser.ADAM) {
            return Optional.of("optimiser " + optimiser.name().toLowerCase(Locale.ROOT));
        }
        if (update.accumulation() > 1) {
            return Optional.of("accumulation " + update.accumulation());
        }
        if (update.adaptiveClipping() > 0) {
            return Optional.of("adaptiveClipping " + update.adaptiveClipping());
        }
        if (update.layerwiseRateDecay() != 1) {
            return Optional.of("rateFactor " + update.layerwiseRateDecay());
        }
        if (imbalance.focalGamma() > 0) {
            return Optional.of("focalGamma " + imbalance.focalGamma());
        }
        if (imbalance.skipLearnt() > 0) {
            return Optional.of("skipLearnt " + imbalance.skipLearnt());
        }
        if (!weights.areEqual()) {
            return Optional.of("classWeights " + imbalance.classWeights());
        }
        if (spec.data().growth().grows()) {
            return Optional.of("startImageSize " + spec.data().growth().startImageSize());
        }
        return spec.network().start().freezeUpTo().map(last -> "freezeUpTo " + last);
    }

    /** The numbers of convolutions. */
    Format format() {
        return switch (spec.precision()) {
            case FLOAT32 -> Format.F32;
            case TF32 -> Format.TF32;
            case BF16 -> Format.BF16;
        };
    }

    UpdateRule rule() {
        UpdateSpec update = spec.update();
        UpdateRule.Optimiser optimiser = switch (update.optimiser()) {
            case SGD -> update.momentum() == 0 ? UpdateRule.Optimiser.GRADIENT_DESCENT : UpdateRule.Optimiser.MOMENTUM;
            case NESTEROV -> UpdateRule.Optimiser.NESTEROV;
            case ADAM -> UpdateRule.Optimiser.ADAM;
            default -> throw new IllegalArgumentException("optimiser " + update.optimiser());
        };
        return new UpdateRule(
                optimiser,
                (float) update.momentum(),
                (float) update.weightDecay(),
                update.weightDecayMode() == UpdateSpec.WeightDecay.DECOUPLED
                        ? UpdateRule.Decay.DECOUPLED
                        : UpdateRule.Decay.L2,
                (float) update.clipNorm(),
                averages() ? UpdateRule.Average.KEPT : UpdateRule.Average.NONE);
    }

    boolean averages() {
        return spec.regularisation().emaDecay() > 0;
    }

    double rate(long update) {
        return rate.at(update);
    }

    /** Steps of an epoch. */
    int steps() {
        return (images + batch - 1) / batch;
    }

    /** Images of the batch of a step. */
    int batch(int step) {
        return Math.min(batch, images - step * batch);
    }

    /** How many steps from one on have batches of one size. */
    int equalSteps(int step) {
        return Math.max(1, images / batch - step);
    }

    /** Of the steps of an epoch. */
    StepRates[] rates(int epoch) {
        StepRates[] rates = new StepRates[steps()];
        double decay = spec.regularisation().emaDecay();
        for (int i = 0; i < rates.length; i++) {
            long update = (long) epoch * rates.length + i;
            rates[i] = new StepRates(rate.at(update), 1.0 / batch(i), WeightAverage.weight(decay, update), update);
        }
        return rates;
    }
}
