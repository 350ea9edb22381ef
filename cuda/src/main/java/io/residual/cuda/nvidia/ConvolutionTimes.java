package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.Window.Axis;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Prints how long the algorithms of few channels' convolutions take, and whether the own ones are right. Arguments: a cache
 * directory, and optionally how many of the own ones to try (8) and how many images (128).
 */
final class ConvolutionTimes {
    private static final int[][] CHANNELS_AND_SIDES = {{16, 28}, {32, 14}, {64, 7}};
    private static final int CHECKED_IMAGES = 5;

    private ConvolutionTimes() {}

    public static void main(String[] arguments) {
        int most = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 8;
        int images = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 128;
        try (Gpu gpu = Gpu.open(0, Path.of(arguments[0]), Determinism.DETERMINISTIC)) {
            for (int[] each : CHANNELS_AND_SIDES) {
                for (Pass pass : Pass.values()) {
                    Map<String, Double> times = gpu.times(shape(images, each), pass, Format.BF16, most);
                    System.out.printf(Locale.ROOT, "%d channels, %d x %d, %s%n", each[0], each[1], each[1], pass);
                    times.entrySet().stream()
                            .sorted(Map.Entry.comparingByValue())
                            .forEach(time -> System.out.printf(
                                    Locale.ROOT, "  %8.2f microseconds  %s%n", time.getValue(), time.getKey()));
                    Tiling.all(shape(images, each), pass, gpu.multiprocessors()).stream()
                            .limit(most)
                            .forEach(tiling -> check(gpu, tiling.withShape(shape(CHECKED_IMAGES, each))));
                }
            }
        }
    }

    private static void check(Gpu gpu, Tiling tiling) {
        try {
            OwnConvolution own = new OwnConvolution(tiling, gpu::compile);
            long scratch = own.workspace() == 0 ? 0 : gpu.allocate(own.workspace());
            ProbedConvolution.run(
                    gpu,
                    tiling.shape(),
                    tiling.pass(),
                    Format.BF16,
                    (in, weights, out) -> own.run(in, weights, out, scratch));
            gpu.synchronize();
        } catch (RuntimeException failure) {
            System.out.println("FAIL " + tiling.tag() + ": " + failure);
        }
    }

    private static ConvolutionShape shape(int images, int... channelsAndSide) {
        Axis axis = new Axis(3, 1, 1, 1, 1);
        Value image = new Value("", channelsAndSide[0], channelsAndSide[1], channelsAndSide[1]);
        return new ConvolutionShape(images, image, image, new Window(axis, axis));
    }
}
