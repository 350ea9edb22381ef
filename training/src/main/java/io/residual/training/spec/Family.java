package io.residual.training.spec;

import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;
import java.util.Locale;

/** Families of published networks. */
public enum Family {
    /** Four stages, of basic (18, 34) or bottleneck blocks (50, 101, 152). */
    IMAGENET {
        @Override
        ResNetSpec network(int depth, Flavour flavour, int widening) {
            return ResNetSpec.resNet(depth, flavour);
        }
    },
    /** Depth 6n + 2, three stages for small images, shortcuts without parameters. */
    CIFAR {
        @Override
        ResNetSpec network(int depth, Flavour flavour, int widening) {
            return ResNetSpec.cifar(depth, flavour.withProjection(Flavour.Projection.ZERO_PADDING));
        }
    },
    /** Depth 9n + 2, three stages of pre-activation bottleneck blocks for small images. */
    PREACTIVATION {
        @Override
        ResNetSpec network(int depth, Flavour flavour, int widening) {
            return ResNetSpec.preActivation(depth);
        }
    },
    /** Depth 6n + 4, three stages of wide pre-activation basic blocks for small images. */
    WIDE {
        @Override
        ResNetSpec network(int depth, Flavour flavour, int widening) {
            return ResNetSpec.wide(depth, widening);
        }
    };

    abstract ResNetSpec network(int depth, Flavour flavour, int widening);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
