package io.residual.core;

/**
 * What the published residual networks of one depth do differently.
 *
 * @param bias whether convolutions have one
 * @param projection the shortcut where shapes differ
 * @param initialisation of convolutions and the dense layer
 * @param order of convolution, batch norm and ReLU
 * @param lastGamma initial scale of a block's last batch norm
 */
public record Flavour(
        ConvolutionBias bias, Projection projection, Initialisation initialisation, Order order, LastGamma lastGamma) {
    /** The d2l book, chapter 8.6: biased convolutions, a bare 1x1 convolution as projection, Xavier uniform weights. */
    public static final Flavour BOOK = new Flavour(
            ConvolutionBias.BIASED,
            Projection.CONVOLUTION,
            Initialisation.XAVIER_UNIFORM,
            Order.POST_ACTIVATION,
            LastGamma.ONE);

    /** torchvision, and He et al. 2015 section 3.4: unbiased convolutions, a batch norm on the projection (option B). */
    public static final Flavour TORCHVISION = new Flavour(
            ConvolutionBias.UNBIASED,
            Projection.CONVOLUTION_AND_BATCH_NORM,
            Initialisation.KAIMING_NORMAL_FAN_OUT,
            Order.POST_ACTIVATION,
            LastGamma.ONE);

    /** He et al. 2015, section 4.2: as {@link #TORCHVISION}, with shortcuts that have no parameters (option A). */
    public static final Flavour CIFAR = TORCHVISION.withProjection(Projection.ZERO_PADDING);

    /** He et al. 2016 ("Identity Mappings"), and wide networks (Zagoruyko and Komodakis 2016): batch norm and ReLU come first. */
    public static final Flavour PRE_ACTIVATION = new Flavour(
            ConvolutionBias.UNBIASED,
            Projection.CONVOLUTION,
            Initialisation.KAIMING_NORMAL_FAN_OUT,
            Order.PRE_ACTIVATION,
            LastGamma.ONE);

    public Flavour {
        if (order == Order.PRE_ACTIVATION && lastGamma == LastGamma.ZERO) {
            throw new IllegalArgumentException(
                    "a pre-activation block ends in a convolution: there is no last batch norm"
                            + " whose initial scale could be zero");
        }
        if (order == Order.PRE_ACTIVATION && projection.hasBatchNorm()) {
            throw new IllegalArgumentException(
                    "the shortcut of a pre-activation block has no batch norm: its input" + " is normalised already");
        }
    }

    /** Whether convolutions add a bias; one in front of a batch norm has no effect on the output. */
    public enum ConvolutionBias {
        BIASED,
        UNBIASED
    }

    /** The shortcut of a block whose output shape differs from its input's. */
    public enum Projection {
        /** A 1x1 convolution with the block's stride. */
        CONVOLUTION,
        /** A 1x1 convolution with the block's stride, then a batch norm: option B. */
        CONVOLUTION_AND_BATCH_NORM,
        /**
         * An average pool of the block's stride, then a 1x1 convolution of stride 1 and a batch norm, so that no value is
         * skipped (He, T. et al. 2019, "Bag of Tricks", figure 2c: ResNet-D).
         */
        POOL_CONVOLUTION_AND_BATCH_NORM,
        /**
         * Every value that the stride falls on, and as many channels of zeros (option A). He et al. 2015 do not say where the zeros
         * stand: here behind the input's channels, as in Facebook's fb.resnet.torch; akamaster's pytorch_resnet_cifar10 puts half
         * of them on each side, which is the same network with its channels in another order. The channels stay or double.
         */
        ZERO_PADDING;

        /** Whether it has a 1x1 convolution. */
        public boolean hasConvolution() {
            return this != ZERO_PADDING;
        }

        /** Whether a batch norm stands behind that convolution. */
        public boolean hasBatchNorm() {
            return this == CONVOLUTION_AND_BATCH_NORM || this == POOL_CONVOLUTION_AND_BATCH_NORM;
        }

        long parameters(Convolution projection, Flavour flavour) {
            long convolution = hasConvolution() ? projection.parameters(flavour) : 0;
            return hasBatchNorm() ? convolution + ShapeTable.batchNorm(projection.channels()) : convolution;
        }
    }

    /** Distribution of the initial weights; biases start at zero. */
    public enum Initialisation {
        /** U(-a, a), a = sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010), for convolutions and the dense layer. */
        XAVIER_UNIFORM,
        /** N(0, 2 / fan out) (He et al. 2015b) for convolutions, U(-a, a), a = sqrt(1 / fan in) for the dense layer. */
        KAIMING_NORMAL_FAN_OUT
    }

    /** Where a block's batch norms and ReLUs stand. */
    public enum Order {
        /** Convolution, batch norm, ReLU; the last ReLU comes after the sum (He et al. 2015). */
        POST_ACTIVATION,
        /**
         * Batch norm, ReLU, convolution; nothing comes after the sum, and one more batch norm and ReLU after the last block (He
         * et al. 2016, figure 1b). A shortcut that changes the shape starts after the block's first ReLU.
         */
        PRE_ACTIVATION
    }

    /** Initial scale of a block's last batch norm: PyTorch's {@code zero_init_residual}. */
    public enum LastGamma {
        ONE,
        /** The block is its shortcut alone at first (Goyal et al. 2017, section 5.1). */
        ZERO
    }

    public Flavour withProjection(Projection other) {
        return new Flavour(bias, other, initialisation, order, lastGamma);
    }

    public Flavour withLastGamma(LastGamma other) {
        return new Flavour(bias, projection, initialisation, order, other);
    }

    /** Whether a convolution of this flavour has a bias. */
    public boolean biased() {
        return bias == ConvolutionBias.BIASED;
    }

    /** Channels of the batch norm that belongs to a convolution. */
    int normalised(Convolution convolution) {
        return switch (order) {
            case POST_ACTIVATION -> convolution.channels();
            case PRE_ACTIVATION -> convolution.channelsIn();
        };
    }
}
