package io.residual.laboratory.landscape;

import io.residual.training.run.Versions;
import java.util.List;

/**
 * What was surveyed.
 *
 * @param landscapes at least one
 * @param images that the loss is the mean of
 * @param command that surveys it again
 */
public record LandscapeResult(List<Landscape> landscapes, int images, String command, Versions versions) {
    public LandscapeResult {
        landscapes = List.copyOf(landscapes);
        if (landscapes.isEmpty()) {
            throw new IllegalArgumentException("nothing was surveyed");
        }
    }
}
