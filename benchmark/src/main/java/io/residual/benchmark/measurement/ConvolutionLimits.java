package io.residual.benchmark.measurement;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * What this machine's convolution kernels allow, one line of JSON: a contestant that computes all of them with oneDNN is no
 * faster than they are alone, without batch norms, additions, pools and copies between layouts. Only one that skips
 * multiplications, such as those by padding, can be.
 *
 * @param convolutions the fastest of the layouts for each of the network's convolutions, for a whole batch
 * @param matrixFlops floating-point operations per second of a large 32-bit matrix product
 * @param versions of the library
 */
public record ConvolutionLimits(List<ConvolutionTime> convolutions, double matrixFlops, Map<String, String> versions) {
    /**
     * One convolution's times for a batch.
     *
     * @param backwardDataSeconds 0 for the first convolution, since the image needs no gradient
     */
    public record ConvolutionTime(
            String path, double forwardSeconds, double backwardDataSeconds, double backwardWeightsSeconds) {}

    public ConvolutionLimits {
        convolutions = List.copyOf(convolutions);
        versions = Map.copyOf(versions);
    }

    /** Seconds of all convolutions of a batch in one of the timed tasks. */
    public double seconds(Task task) {
        return convolutions.stream()
                .mapToDouble(c -> switch (task) {
                    case INFER -> c.forwardSeconds();
                    case TRAIN -> c.forwardSeconds() + c.backwardDataSeconds() + c.backwardWeightsSeconds();
                    case CHECK -> throw new IllegalArgumentException("a check has no limit");
                })
                .sum();
    }

    public void print(PrintStream out) throws IOException {
        out.println(Json.MAPPER.writeValueAsString(this));
    }
}
