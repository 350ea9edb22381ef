package io.residual.training.config;

import io.residual.core.Flavour.LastGamma;
import io.residual.core.ResNetSpec;
import io.residual.core.StochasticDepth;
import java.io.Serializable;

/**
 * What may differ from a family's published design.
 *
 * @param zeroInitResidual scale that each block's last batch norm begins with, under torchvision's name for it
 * @param stochasticDepth probability that the last block's residual branch is left out of a training step, in [0, 1); it falls
 *     linearly towards the first block
 * @param blockDropout probability that a training step drops a value between the convolutions of a block, in [0, 1); 0.3 for
 *     CIFAR in the paper of wide networks, which call it dropout
 */
public record ArchitectureOptions(
        ShortcutOption shortcutOption,
        StemChoice stem,
        LastGamma zeroInitResidual,
        double stochasticDepth,
        StochasticDepth.Mode stochasticDepthMode,
        double blockDropout)
        implements Serializable {
    /** The published design. */
    public static final ArchitectureOptions OF_FAMILY = new ArchitectureOptions(
            ShortcutOption.FAMILY, StemChoice.FAMILY, LastGamma.ONE, 0, StochasticDepth.Mode.ROW, 0);

    public ArchitectureOptions {
        ArchitectureSettings.STOCHASTIC_DEPTH.require(stochasticDepth);
        ArchitectureSettings.BLOCK_DROPOUT.require(blockDropout);
    }

    /** Whether it has both changes of He, T. et al. 2019, "Bag of Tricks", that make a ResNet-50 a ResNet-50-D. */
    boolean isResNetD() {
        return stem == StemChoice.DEEP && shortcutOption == ShortcutOption.D;
    }

    ResNetSpec applyTo(ResNetSpec published) {
        return published
                .withFlavour(shortcutOption.applyTo(published.flavour()).withLastGamma(zeroInitResidual))
                .withStem(stem.inPlaceOf(published.stem()))
                .withStochasticDepth(new StochasticDepth(stochasticDepth, stochasticDepthMode))
                .withBlockDropout(blockDropout);
    }
}
