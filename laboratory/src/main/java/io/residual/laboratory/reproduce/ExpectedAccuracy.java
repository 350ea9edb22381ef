package io.residual.laboratory.reproduce;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.Preset;
import io.residual.training.run.MeanInterval;
import io.residual.training.run.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Where the test accuracy of a preset must lie.
 *
 * @param seeds runs whose mean must lie in the band, at least 1
 * @param min smallest mean test accuracy, in [0, 1]
 * @param max largest mean test accuracy, at least {@code min}, at most 1
 * @param interval whether the complete 95 % interval of the mean must lie in the band, not only the mean
 * @param source where the band comes from
 */
record ExpectedAccuracy(
        int seeds,
        @JsonProperty("least") double min,
        @JsonProperty("most") double max,
        boolean interval,
        String source) {
    ExpectedAccuracy {
        if (!(seeds >= 1)) {
            throw new IllegalArgumentException("seeds must be at least 1, got " + seeds);
        }
        if (interval && seeds < 2) {
            throw new IllegalArgumentException("an interval needs at least 2 seeds, got " + seeds);
        }
        if (!(min >= 0 && max >= min && max <= 1)) {
            throw new IllegalArgumentException("no band of accuracies: " + min + " to " + max);
        }
    }

    /**
     * The band of a built-in preset.
     *
     * @throws ResidualException of kind BAD_SETTING if the preset has none
     */
    static ExpectedAccuracy of(Preset preset) {
        String resource = "/io/residual/training/bands/" + preset.name() + ".json";
        try (InputStream in = Preset.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        "preset " + preset.name() + " has no published result to compare with: choose another preset");
            }
            return StrictJson.read(new String(in.readAllBytes(), StandardCharsets.UTF_8), ExpectedAccuracy.class);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }

    /** Whether the mean of these values, one for each seed, or its interval lies in the band. */
    boolean contains(List<Double> accuracies) {
        return interval
                ? MeanInterval.of(accuracies)
                        .filter(found -> contains(found.low()) && contains(Math.min(1, found.high())))
                        .isPresent()
                : contains(accuracies.stream().mapToDouble(a -> a).average().orElseThrow());
    }

    private boolean contains(double accuracy) {
        return accuracy >= min && accuracy <= max;
    }
}
