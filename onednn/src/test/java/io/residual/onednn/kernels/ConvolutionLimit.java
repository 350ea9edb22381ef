package io.residual.onednn.kernels;

import io.residual.onednn.layers.ResNets;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * How fast ResNet-18 of width 64 could train if nothing but its convolutions took time: each primitive alone, on memory
 * that nobody else touches. Not a test. Arguments: {@code [pixels] [batch] [F32|BF16]}.
 */
final class ConvolutionLimit {
    private ConvolutionLimit() {}

    public static void main(String[] args) {
        int pixels = args.length > 0 ? Integer.parseInt(args[0]) : 28;
        int batch = args.length > 1 ? Integer.parseInt(args[1]) : 256;
        var precision = args.length > 2 ? Precision.valueOf(args[2]) : Precision.F32;
        var conf = ResNets.of(pixels, 1, new Sgd(0.1), 64, 128, 256, 512);
        var types = conf.getLayerActivationTypes(InputType.convolutional(pixels, pixels, 1));
        var counts = new LinkedHashMap<ConvolutionShape, Integer>();
        conf.getVertices().forEach((name, vertex) -> {
            if (vertex instanceof LayerVertex layer
                    && layer.getLayerConf().getLayer() instanceof ConvolutionLayer convolution) {
                var input = conf.getVertexInputs().get(name).get(0);
                var in = input.equals("image")
                        ? new long[] {1, pixels, pixels}
                        : types.get(input).getShape();
                counts.merge(
                        ConvolutionShape.of(
                                convolution, Nd4j.createUninitialized(batch, in[0], in[1], in[2]), precision),
                        1,
                        Integer::sum);
            }
        });
        double[] sum = new double[3];
        for (var entry : counts.entrySet()) {
            var shape = entry.getKey();
            var window = shape.window();
            System.out.printf(
                    Locale.ROOT,
                    "%d x %s -> %s, %dx%d:",
                    entry.getValue(),
                    shape.in(),
                    shape.out(),
                    window.rows().size(),
                    window.rows().stride());
            for (var direction : ConvolutionKernels.Direction.values()) {
                if (direction == ConvolutionKernels.Direction.BACKWARD_DATA
                        && shape.in().c() == 1) {
                    continue;
                }
                double[] times = time(shape, direction);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += entry.getValue() * times[i];
                }
            }
            System.out.println();
        }
        System.out.printf(
                Locale.ROOT,
                "%.1f ms a step, %.1f images/s; processor: %.1f ms, copies of weights %.1f ms%n",
                1e3 * sum[0],
                batch / sum[0],
                1e3 * sum[1],
                1e3 * sum[2]);
    }

    /** Seconds: by the clock, of the processor, and of the processor for the copy of the weights. */
    private static double[] time(ConvolutionShape shape, ConvolutionKernels.Direction direction) {
        var pair = ConvolutionKernels.pair(shape, direction);
        var in = memory(shape.in().length() * Float.BYTES);
        var out = memory(shape.out().length() * Float.BYTES);
        // Large enough for a complete kernel of 7 x 7, and for 3 x 3 of the most channels.
        var weights = memory(Math.max(49, 9 * shape.in().c()) * shape.out().c() * Float.BYTES);
        var bias = memory(shape.out().c() * Float.BYTES);
        var addresses = switch (direction) {
            case FORWARD -> new Pointer[] {in, weights, bias, out};
            case BACKWARD_DATA -> new Pointer[] {out, weights, in};
            case BACKWARD_WEIGHTS -> new Pointer[] {in, out, weights, bias};
        };
        double[] convolution = best(() -> PrimitiveCache.ofThisThread().run(pair.convolution(), addresses));
        var copied = memory(Math.max(49, 9 * shape.in().c()) * shape.out().c() * Float.BYTES);
        double[] copy = pair.weightCopy() == null
                ? new double[2]
                : best(() -> PrimitiveCache.ofThisThread().run(pair.weightCopy(), weights, copied));
        var window = shape.window();
        double operations = 2.0
                * shape.out().length()
                * shape.in().c()
                * window.rows().size()
                * window.columns().size();
        System.out.printf(
                Locale.ROOT,
                "  %s %.2f ms (cpu %.2f, %.0f GFLOP/s) + %.2f",
                direction,
                convolution[0] * 1e3,
                convolution[1] * 1e3,
                operations / convolution[1] / 1e9,
                copy[1] * 1e3);
        return new double[] {convolution[0], convolution[1], copy[1]};
    }

    private static Pointer memory(long bytes) {
        var pointer = new BytePointer(bytes + 64);
        Pointer.memset(pointer, 0, bytes + 64);
        return pointer.getPointer(Math.floorMod(-pointer.address(), 64));
    }

    /** Seconds by the clock and of this thread's processor time, each the minimum of several runs. */
    private static double[] best(Runnable work) {
        double[] best = {Double.MAX_VALUE, Double.MAX_VALUE};
        for (int run = 0; run < 7; run++) {
            long start = System.nanoTime();
            long startCpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            work.run();
            best[0] = Math.min(best[0], (System.nanoTime() - start) / 1e9);
            best[1] =
                    Math.min(best[1], (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - startCpu) / 1e9);
        }
        return best;
    }
}
