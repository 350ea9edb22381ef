package io.residual.cuda.step;

import io.residual.cuda.device.Format;
import io.residual.cuda.device.KernelSource;

/** Kernels of a step, for numbers of a format. */
final class Sources {
    private Sources() {}

    /** Files behind one another, of which the first says what a number in memory is. */
    static String of(Format format, String... files) {
        return (format == Format.BF16 ? "#define BF16\n" : "") + KernelSource.of(files);
    }
}
