package io.residual.training.config;

import io.residual.core.Flavour;
import io.residual.core.Flavour.Projection;

/** Shortcuts of blocks that change the shape of their input. */
public enum ShortcutOption {
    /** Those of the family and flavour. */
    FAMILY {
        @Override
        Flavour applyTo(Flavour flavour) {
            return flavour;
        }
    },
    /** Zeros for the channels that are missing (He et al. 2015). */
    A {
        @Override
        Flavour applyTo(Flavour flavour) {
            return flavour.withProjection(Projection.ZERO_PADDING);
        }
    },
    /** A 1x1 convolution and a batch norm (He et al. 2015). */
    B {
        @Override
        Flavour applyTo(Flavour flavour) {
            return flavour.withProjection(Projection.CONVOLUTION_AND_BATCH_NORM);
        }
    },
    /** A bare 1x1 convolution. */
    CONVOLUTION {
        @Override
        Flavour applyTo(Flavour flavour) {
            return flavour.withProjection(Projection.CONVOLUTION);
        }
    },
    /** An average pool, a 1x1 convolution and a batch norm (ResNet-D). */
    D {
        @Override
        Flavour applyTo(Flavour flavour) {
            return flavour.withProjection(Projection.POOL_CONVOLUTION_AND_BATCH_NORM);
        }
    };

    abstract Flavour applyTo(Flavour flavour);
}
