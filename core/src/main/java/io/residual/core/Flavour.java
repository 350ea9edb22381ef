package io.residual.core;

/**
 * What the published residual networks of one depth do differently.
 *
 * @param bias whether convolutions have one
 * @param projection the shortcut where shapes differ
 * @param initialisation of convolutions and the dense layer
 */
public record Flavour(ConvolutionBias bias, Projection projection, Initialisation initialisation) {
    /** The d2l book, chapter 8.6: biased convolutions, a bare 1x1 convolution as projection, Xavier uniform weights. */
    public static final Flavour BOOK =
            new Flavour(ConvolutionBias.BIASED, Projection.CONVOLUTION, Initialisation.XAVIER_UNIFORM);

    /** torchvision, and He et al. 2015 section 3.4: unbiased convolutions, a batch norm on the projection. */
    public static final Flavour TORCHVISION = new Flavour(
            ConvolutionBias.UNBIASED, Projection.CONVOLUTION_AND_BATCH_NORM, Initialisation.KAIMING_NORMAL_FAN_OUT);

    /** Whether convolutions add a bias; one in front of a batch norm has no effect on the output. */
    public enum ConvolutionBias {
        BIASED,
        UNBIASED
    }

    /** The shortcut of a block whose output shape differs from its input's. */
    public enum Projection {
        /** A 1x1 convolution with the block's stride. */
        CONVOLUTION,
        /** A 1x1 convolution with the block's stride, then a batch norm. */
        CONVOLUTION_AND_BATCH_NORM
    }

    /** Distribution of the initial weights; biases start at zero. */
    public enum Initialisation {
        /** U(-a, a), a = sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010), for convolutions and the dense layer. */
        XAVIER_UNIFORM,
        /** N(0, 2 / fan out) (He et al. 2015b) for convolutions, U(-a, a), a = sqrt(1 / fan in) for the dense layer. */
        KAIMING_NORMAL_FAN_OUT
    }

    /** Whether a convolution of this flavour has a bias. */
    boolean biased() {
        return bias == ConvolutionBias.BIASED;
    }
}
