package io.residual.training.config;

import io.residual.core.Stem;

/** What stands between the image and the first stage. */
public enum StemChoice {
    /** That of the family. */
    FAMILY,
    /** A 7x7 convolution and a max pool: a quarter of the resolution is left. */
    IMAGENET,
    /** Three 3x3 convolutions and a max pool (ResNet-D): a quarter of the resolution is left. */
    DEEP,
    /** A 3x3 convolution: the resolution stays. */
    SMALL,
    /** A 3x3 convolution with stride 2: half the resolution is left. */
    STRIDED;

    /** This stem with the channels of the published one. */
    Stem inPlaceOf(Stem published) {
        int channels = published.channels();
        return switch (this) {
            case FAMILY -> published;
            case IMAGENET -> Stem.imageNet(channels);
            case DEEP -> Stem.deep(channels);
            case SMALL -> Stem.small(channels);
            case STRIDED -> Stem.strided(channels);
        };
    }
}
