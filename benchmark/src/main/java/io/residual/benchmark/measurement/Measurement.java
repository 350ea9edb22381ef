package io.residual.benchmark.measurement;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of a child process: one line of JSON, the last of its standard output.
 *
 * @param iterationSeconds of each timed step, empty for {@link Task#CHECK}
 * @param logProbabilities of {@link Task#CHECK}, natural logarithms, [N, classes] in C order, empty otherwise
 * @param losses of the first training steps of {@link Task#CHECK}, empty otherwise
 * @param parameters trained numbers in the contestant's own network
 * @param peakResidentBytes peak memory of the process, absent if the system does not report it
 * @param versions of what the contestant is made of
 */
public record Measurement(
        List<Double> iterationSeconds,
        List<Double> logProbabilities,
        List<Double> losses,
        long parameters,
        @Nullable Long peakResidentBytes,
        Map<String, String> versions) {
    public Measurement {
        iterationSeconds = List.copyOf(iterationSeconds);
        logProbabilities = List.copyOf(logProbabilities);
        losses = List.copyOf(losses);
        versions = Map.copyOf(versions);
    }

    /** The answer to a timed task, with the memory that this process had so far. */
    public static Measurement timed(List<Double> iterationSeconds, long parameters, Map<String, String> versions) {
        return new Measurement(iterationSeconds, List.of(), List.of(), parameters, residentBytesSoFar(), versions);
    }

    /** The answer to {@link Task#CHECK}. */
    public static Measurement checked(
            List<Double> logProbabilities, List<Double> losses, long parameters, Map<String, String> versions) {
        return new Measurement(List.of(), logProbabilities, losses, parameters, residentBytesSoFar(), versions);
    }

    public void print(PrintStream out) throws IOException {
        out.println(Json.MAPPER.writeValueAsString(this));
    }

    /** VmHWM of /proc/self/status, which Linux alone has. */
    private static @Nullable Long residentBytesSoFar() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return null;
        }
        try {
            return Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .findFirst()
                    .map(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    /** Of logits [N, classes], in C order. */
    public static List<Double> logProbabilities(float[][] logits) {
        List<Double> logarithms = new ArrayList<>();
        for (float[] row : logits) {
            double sum = 0;
            for (float logit : row) {
                sum += Math.exp(logit);
            }
            for (float logit : row) {
                logarithms.add(logit - Math.log(sum));
            }
        }
        return logarithms;
    }
}
