package io.residual.benchmark.limit;

import io.residual.benchmark.measurement.ConvolutionLimits;
import io.residual.benchmark.measurement.ConvolutionLimits.ConvolutionTime;
import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.network.Convolution;
import io.residual.benchmark.network.Network;
import io.residual.core.ImageShape;
import io.residual.core.Window;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;

/** Child process: times the network's convolutions and a large matrix product, each primitive alone. */
public final class LimitWorker {
    private static final int MATRIX_SIDE = 2048;

    private final Job job;
    private final Network network;

    /** Convolutions of the same sizes take the same time; the path of the key is empty. */
    private final Map<Convolution, ConvolutionTime> bySizes = new HashMap<>();

    private LimitWorker(Job job) {
        this.job = job;
        this.network = Network.of(job.spec());
    }

    public static void main(String[] arguments) throws IOException {
        new LimitWorker(Job.read(arguments)).limits().print(System.out);
    }

    private ConvolutionLimits limits() {
        dnnl_version_t version = dnnl.dnnl_version();
        String oneDnn = String.format(Locale.ROOT, "%d.%d.%d", version.major(), version.minor(), version.patch());
        try (Primitives primitives = new Primitives(primitivePlan())) {
            double product = primitives.matrixProductSeconds(MATRIX_SIDE);
            double flops = 2.0 * MATRIX_SIDE * MATRIX_SIDE * MATRIX_SIDE / product;
            List<ConvolutionTime> timed = new ArrayList<>();
            for (Convolution convolution : network.convolutions()) {
                timed.add(time(primitives, convolution));
            }
            return new ConvolutionLimits(timed, flops, Map.of("oneDNN", oneDnn));
        }
    }

    private ConvolutionTime time(Primitives primitives, Convolution convolution) {
        ImageShape input = convolution.input();
        Window window = convolution.window();
        Convolution sizes = new Convolution("", input, window, convolution.channels());
        ConvolutionTime best = bySizes.computeIfAbsent(sizes, s -> primitives.fastest(s, job.batch()));
        boolean first = convolution.equals(network.convolutions().get(0));
        return new ConvolutionTime(
                convolution.path(),
                best.forwardSeconds(),
                first ? 0 : best.backwardDataSeconds(),
                best.backwardWeightsSeconds());
    }

    /** Shares the seconds among the primitives: three passes in each layout of every convolution of other sizes. */
    private MeasurementPlan primitivePlan() {
        long sizes = network.convolutions().stream()
                .map(c -> new Convolution("", c.input(), c.window(), c.channels()))
                .distinct()
                .count();
        long primitives = 3L * Primitives.LAYOUTS.size() * sizes + 1;
        return new MeasurementPlan(
                0, 2, job.plan().seconds() / primitives, job.plan().iterations());
    }
}
