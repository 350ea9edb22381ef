package io.residual.cuda.device;

import io.residual.program.Program.Value;
import io.residual.program.Window;

/**
 * A convolution of so many images. In memory images are [N, height, width, channels], weights [channels of out, rows, columns,
 * channels of in], both without gaps.
 */
public record ConvolutionShape(int images, Value in, Value out, Window window) {
    /** Equal shapes have equal kernels, whatever their vertices are called. */
    public ConvolutionShape {
        in = new Value("", in.channels(), in.height(), in.width());
        out = new Value("", out.channels(), out.height(), out.width());
    }

    /** How many weights there are. */
    public long weights() {
        return (long) in.channels()
                * out.channels()
                * window.rows().size()
                * window.columns().size();
    }
}
