package io.residual.core;

import java.util.List;

/**
 * The work of a network on one image in multiply-adds, of two floating-point operations each, as papers count it: that of
 * convolutions and of the dense layer. Every output value of a convolution is a sum over all input channels and the whole
 * window, padding included; biases are not counted.
 *
 * @param forward of the forward pass
 * @param training of a step of training: each layer's forward pass, gradient by its weights and gradient by its input, which
 *     all cost the same; the image needs no gradient
 */
public record MultiplyAdds(long forward, long training) {
    /**
     * Counts those of a network.
     *
     * @throws IllegalArgumentException if a window does not fit into what reaches it
     */
    public static MultiplyAdds of(ResNetSpec spec) {
        List<Convolution> stem = spec.stem().convolutions(spec.input().channels());
        long forward = chain(stem, spec.input());
        ImageShape shape = spec.stem().outputShape(spec.input());
        for (int s = 0; s < spec.stages().size(); s++) {
            for (Block block : spec.blocks(s)) {
                forward += chain(block.convolutions(), shape);
                shape = block.outputShape(shape);
                if (spec.shortcuts() == Shortcuts.RESIDUAL
                        && block.changesShape()
                        && spec.flavour().projection().hasConvolution()) {
                    forward += of(block.projection(), shape);
                }
            }
        }
        forward += (long) spec.features() * spec.classes();
        return new MultiplyAdds(forward, 3 * forward - chain(stem.subList(0, 1), spec.input()));
    }

    private static long chain(List<Convolution> convolutions, ImageShape in) {
        long sum = 0;
        ImageShape shape = in;
        for (Convolution convolution : convolutions) {
            shape = convolution.outputShape(shape);
            sum += of(convolution, shape);
        }
        return sum;
    }

    private static long of(Convolution convolution, ImageShape out) {
        return out.values()
                * convolution.channelsIn()
                * convolution.window().kernel()
                * convolution.window().kernel();
    }
}
