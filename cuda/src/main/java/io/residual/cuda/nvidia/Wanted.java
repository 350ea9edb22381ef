package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;

/** A convolution that an algorithm is chosen for. */
record Wanted(ConvolutionShape shape, Pass pass, Format format) {
    /** Whether another differs at most in that it has more images. */
    boolean isSmallerBatchOf(Wanted other) {
        return shape.images() <= other.shape.images()
                && pass == other.pass
                && format == other.format
                && shape.in().equals(other.shape.in())
                && shape.out().equals(other.shape.out())
                && shape.window().equals(other.shape.window());
    }
}
