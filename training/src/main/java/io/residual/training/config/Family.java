package io.residual.training.config;

import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import java.util.Locale;

/** Families of published networks. */
public enum Family {
    /** Four stages, of basic (18, 34) or bottleneck blocks (50, 101, 152). */
    IMAGENET,
    /** Depth 6n + 2, three stages for small images, shortcuts without parameters. */
    CIFAR,
    /** Depth 9n + 2, three stages of pre-activation bottleneck blocks for small images. */
    PREACTIVATION,
    /** Depth 6n + 4, three stages of wide pre-activation basic blocks for small images. */
    WIDE;

    ResNetSpec network(int depth, Flavour flavour, int widening) {
        return switch (this) {
            case IMAGENET -> ResNetSpec.resNet(depth, flavour);
            case CIFAR -> ResNetSpec.cifar(depth, flavour.withProjection(Flavour.Projection.ZERO_PADDING));
            case PREACTIVATION -> ResNetSpec.preActivation(depth);
            case WIDE -> ResNetSpec.wide(depth, widening);
        };
    }

    /** The name that the network's paper has for it, such as "WRN-28-10"; a net without shortcuts is "plain" in He et al. 2015. */
    String title(int depth, int widening, Shortcuts shortcuts) {
        boolean residual = shortcuts == Shortcuts.RESIDUAL;
        String ending = residual ? "" : " without shortcuts";
        return switch (this) {
            case IMAGENET, CIFAR -> (residual ? "ResNet-" : "PlainNet-") + depth;
            case PREACTIVATION -> "PreActResNet-" + depth + ending;
            case WIDE -> "WRN-" + depth + "-" + widening + ending;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
