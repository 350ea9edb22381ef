package io.residual.training.config;

import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import java.util.Locale;

/** Families of published networks. */
public enum Family {
    /** Four stages, of basic (18, 34) or bottleneck blocks (50, 101, 152). */
    IMAGENET {
        @Override
        ResNetSpec network(int depth, Flavour flavour, int widening) {
            return ResNetSpec.resNet(depth, flavour);
        }

        @Override
        String title(int depth, int widening, Shortcuts shortcuts) {
            return (shortcuts == Shortcuts.RESIDUAL ? "ResNet-" : "PlainNet-") + depth;
        }
    },
    /** Depth 6n + 2, three stages for small images, shortcuts without parameters. */
    CIFAR {
        @Override
        ResNetSpec network(int depth, Flavour flavour, int widening) {
            return ResNetSpec.cifar(depth, flavour.withProjection(Flavour.Projection.ZERO_PADDING));
        }

        @Override
        String title(int depth, int widening, Shortcuts shortcuts) {
            return (shortcuts == Shortcuts.RESIDUAL ? "ResNet-" : "PlainNet-") + depth;
        }
    },
    /** Depth 9n + 2, three stages of pre-activation bottleneck blocks for small images. */
    PREACTIVATION {
        @Override
        ResNetSpec network(int depth, Flavour flavour, int widening) {
            return ResNetSpec.preActivation(depth);
        }

        @Override
        String title(int depth, int widening, Shortcuts shortcuts) {
            return "PreActResNet-" + depth + without(shortcuts);
        }
    },
    /** Depth 6n + 4, three stages of wide pre-activation basic blocks for small images. */
    WIDE {
        @Override
        ResNetSpec network(int depth, Flavour flavour, int widening) {
            return ResNetSpec.wide(depth, widening);
        }

        @Override
        String title(int depth, int widening, Shortcuts shortcuts) {
            return "WRN-" + depth + "-" + widening + without(shortcuts);
        }
    };

    abstract ResNetSpec network(int depth, Flavour flavour, int widening);

    /** The name that the network's paper has for it, such as "WRN-28-10"; a net without shortcuts is "plain" in He et al. 2015. */
    abstract String title(int depth, int widening, Shortcuts shortcuts);

    private static String without(Shortcuts shortcuts) {
        return shortcuts == Shortcuts.RESIDUAL ? "" : " without shortcuts";
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
