package io.residual.laboratory.experiments.training;

import io.residual.core.Shortcuts;
import io.residual.training.config.TrainingSpec;

/**
 * A network that is looked at.
 *
 * @param name such as "ResNet-20" or "plain 20"
 * @param depth weighted layers, as its family counts them
 * @param batchSize of training and of measuring
 */
public record StudiedNetwork(String name, int depth, Shortcuts shortcuts, long seed, int batchSize) {
    /** The network of a spec. */
    public static StudiedNetwork of(TrainingSpec spec) {
        int depth = spec.network().depth();
        Shortcuts shortcuts = spec.network().shortcuts();
        return new StudiedNetwork(
                (shortcuts == Shortcuts.RESIDUAL ? "ResNet-" : "plain ") + depth,
                depth,
                shortcuts,
                spec.seed(),
                spec.optimisation().batchSize());
    }
}
