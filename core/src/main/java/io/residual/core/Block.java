package io.residual.core;

import java.util.List;

/**
 * One residual block: convolutions, each with a batch norm and a ReLU, plus the shortcut. {@link Flavour.Order} says where
 * batch norms and ReLUs stand, {@link Flavour.Projection} what the shortcut is where the shape changes.
 */
public sealed interface Block permits BasicBlock, BottleneckBlock {
    /** Channels of the input. */
    int channelsIn();

    /** Channels of the output. */
    int channels();

    /** How much smaller, along each axis, the output is than the input. */
    int stride();

    /** The convolutions of the residual branch, in order from the input. */
    List<Convolution> convolutions();

    /** Whether the output shape differs from the input's, so that the input cannot be added as it is. */
    default boolean changesShape() {
        return stride() != 1 || channelsIn() != channels();
    }

    /** The 1x1 convolution on the shortcut of a block that changes the shape, with the block's stride. */
    default Convolution projection() {
        return new Convolution(channelsIn(), channels(), new Window(1, stride(), 0));
    }

    /** Output shape, which the shortcut shares. */
    default ImageShape outputShape(ImageShape in) {
        ImageShape shape = in;
        for (Convolution convolution : convolutions()) {
            shape = convolution.outputShape(shape);
        }
        return shape;
    }

    /** Number of trainable parameters (the running statistics of the batch norms are not trained). */
    default long parameters(Flavour flavour, Shortcuts shortcuts) {
        long parameters = 0;
        for (Convolution convolution : convolutions()) {
            parameters += convolution.parameters(flavour) + ShapeTable.batchNorm(flavour.normalised(convolution));
        }
        boolean projects = shortcuts == Shortcuts.RESIDUAL && changesShape();
        return projects ? parameters + flavour.projection().parameters(projection(), flavour) : parameters;
    }
}
