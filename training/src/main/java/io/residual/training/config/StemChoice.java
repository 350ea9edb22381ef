package io.residual.training.config;

import io.residual.core.Stem;

/** What stands between the image and the first stage. */
public enum StemChoice {
    /** That of the family. */
    FAMILY {
        @Override
        Stem inPlaceOf(Stem stem) {
            return stem;
        }
    },
    /** A 7x7 convolution and a max pool: a quarter of the resolution is left. */
    IMAGENET {
        @Override
        Stem inPlaceOf(Stem stem) {
            return Stem.imageNet(stem.channels());
        }
    },
    /** Three 3x3 convolutions and a max pool (ResNet-D): a quarter of the resolution is left. */
    DEEP {
        @Override
        Stem inPlaceOf(Stem stem) {
            return Stem.deep(stem.channels());
        }
    },
    /** A 3x3 convolution: the resolution stays. */
    SMALL {
        @Override
        Stem inPlaceOf(Stem stem) {
            return Stem.small(stem.channels());
        }
    },
    /** A 3x3 convolution with stride 2: half the resolution is left. */
    STRIDED {
        @Override
        Stem inPlaceOf(Stem stem) {
            return Stem.strided(stem.channels());
        }
    };

    abstract Stem inPlaceOf(Stem stem);
}
