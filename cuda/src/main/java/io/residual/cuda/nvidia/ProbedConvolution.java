package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution;
import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;
import io.residual.program.Program.Value;
import io.residual.program.Window.Axis;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.SplittableRandom;

/** A convolution of a GPU against loops in double precision. */
final class ProbedConvolution {
    private ProbedConvolution() {}

    /**
     * Runs one with random numbers.
     *
     * @throws IllegalStateException if the results differ by more than the format's rounding explains
     */
    static void run(Gpu gpu, ConvolutionShape shape, Pass pass, Format format) {
        System.out.println(gpu.engine(shape, pass, format));
        run(gpu, shape, pass, format, gpu.convolution(shape, pass, format));
    }

    /**
     * Runs a given one with random numbers.
     *
     * @throws IllegalStateException if the results differ by more than the format's rounding explains
     */
    static void run(Gpu gpu, ConvolutionShape shape, Pass pass, Format format, Convolution convolution) {
        double[][] arrays = {
            new double[shape.images() * size(shape.in())],
            new double[Math.toIntExact(shape.weights())],
            new double[shape.images() * size(shape.out())]
        };
        SplittableRandom random = new SplittableRandom(7);
        long[] addresses = new long[3];
        for (int i = 0; i < 3; i++) {
            ByteBuffer host =
                    ByteBuffer.allocateDirect(arrays[i].length * format.bytes()).order(ByteOrder.nativeOrder());
            for (int j = 0; j < arrays[i].length; j++) {
                // Few enough bits to be exact in every format, and too large for an engine that secretly converts to
                // FP16.
                arrays[i][j] = random.nextInt(-127, 128) * 4096.0;
                put(host, format, (float) arrays[i][j]);
            }
            addresses[i] = gpu.allocate(host.capacity());
            gpu.upload(host.flip(), addresses[i]);
        }
        convolution.run(addresses[0], addresses[1], addresses[2]);
        int result = pass == Pass.FORWARD ? 2 : pass == Pass.BACKWARD_DATA ? 0 : 1;
        ByteBuffer host = ByteBuffer.allocateDirect(arrays[result].length * format.bytes())
                .order(ByteOrder.nativeOrder());
        gpu.download(addresses[result], host);
        compare(host, format, expected(shape, result, arrays));
        for (long address : addresses) {
            gpu.free(address);
        }
    }

    private static void compare(ByteBuffer host, Format format, double[] expected) {
        double most = 0;
        double largest = 0;
        for (double value : expected) {
            float got = format == Format.BF16 ? Float.intBitsToFloat(host.getShort() << 16) : host.getFloat();
            most = Double.isNaN(got) ? Double.NaN : Math.max(most, Math.abs(got - value));
            largest = Math.max(largest, Math.abs(value));
        }
        System.out.printf(Locale.ROOT, "largest %.4g, largest difference %.3g%n", largest, most);
        if (!(most <= largest * (format == Format.BF16 ? 5e-3 : 5e-5))) {
            throw new IllegalStateException("Differs by " + most);
        }
    }

    /** Of the pass that computes array 0, 1 or 2 of input, weights and output. */
    static double[] expected(ConvolutionShape shape, int result, double[]... arrays) {
        double[] sums = new double[arrays[result].length];
        Axis rows = shape.window().rows();
        Axis columns = shape.window().columns();
        for (int y = 0; y < shape.out().height(); y++) {
            for (int x = 0; x < shape.out().width(); x++) {
                for (int r = 0; r < rows.size(); r++) {
                    for (int s = 0; s < columns.size(); s++) {
                        int inY = y * rows.stride() - rows.before() + r * rows.dilation();
                        int inX = x * columns.stride() - columns.before() + s * columns.dilation();
                        if (inY >= 0
                                && inX >= 0
                                && inY < shape.in().height()
                                && inX < shape.in().width()) {
                            add(shape, result, sums, arrays, new int[] {y, x, r, s, inY, inX});
                        }
                    }
                }
            }
        }
        return sums;
    }

    private static void add(ConvolutionShape shape, int result, double[] sums, double[][] arrays, int[] at) {
        int channels = shape.in().channels();
        int filters = shape.out().channels();
        for (int n = 0; n < shape.images(); n++) {
            int in = ((n * shape.in().height() + at[4]) * shape.in().width() + at[5]) * channels;
            int out = ((n * shape.out().height() + at[0]) * shape.out().width() + at[1]) * filters;
            for (int k = 0; k < filters; k++) {
                int tap = ((k * shape.window().rows().size() + at[2])
                                        * shape.window().columns().size()
                                + at[3])
                        * channels;
                for (int c = 0; c < channels; c++) {
                    int[] places = {in + c, tap + c, out + k};
                    int a = result == 0 ? 1 : 0;
                    int b = result == 2 ? 1 : 2;
                    sums[places[result]] += arrays[a][places[a]] * arrays[b][places[b]];
                }
            }
        }
    }

    private static void put(ByteBuffer host, Format format, float value) {
        if (format == Format.BF16) {
            host.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        } else {
            host.putFloat(value);
        }
    }

    private static int size(Value image) {
        return image.channels() * image.height() * image.width();
    }
}
