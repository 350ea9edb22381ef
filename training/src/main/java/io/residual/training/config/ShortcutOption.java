package io.residual.training.config;

import io.residual.core.Flavour;
import io.residual.core.Flavour.Projection;

/** Shortcuts of blocks that change the shape of their input. */
public enum ShortcutOption {
    /** Those of the family and flavour. */
    FAMILY,
    /** Zeros for the channels that are missing (He et al. 2015). */
    A,
    /** A 1x1 convolution and a batch norm (He et al. 2015). */
    B,
    /** A bare 1x1 convolution. */
    CONVOLUTION,
    /** An average pool, a 1x1 convolution and a batch norm (ResNet-D). */
    D;

    Flavour applyTo(Flavour flavour) {
        return switch (this) {
            case FAMILY -> flavour;
            case A -> flavour.withProjection(Projection.ZERO_PADDING);
            case B -> flavour.withProjection(Projection.CONVOLUTION_AND_BATCH_NORM);
            case CONVOLUTION -> flavour.withProjection(Projection.CONVOLUTION);
            case D -> flavour.withProjection(Projection.POOL_CONVOLUTION_AND_BATCH_NORM);
        };
    }
}
