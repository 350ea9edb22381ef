package io.residual.laboratory.claims;

import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the experiments train networks, with the names of settings in preset files.
 *
 * @param settings names and values
 */
record Recipe(Map<String, String> settings) {
    /** Fashion-MNIST's mean and deviation. */
    private static final Map<String, String> IMAGES =
            Map.of("data", "auto", "imageSize", "28", "mean", "0.286", "std", "0.353", "seed", "1");

    Recipe {
        settings = Map.copyOf(settings);
    }

    /** The images alone. */
    static Recipe images() {
        return new Recipe(IMAGES);
    }

    /**
     * The book's ResNet-18, narrow, with plain SGD at a constant rate, as the notes train it.
     *
     * @param epochs at least 1
     */
    static Recipe book(int epochs) {
        return new Recipe(IMAGES)
                .with("depth", 18)
                .with("flavour", "book")
                .with("width", 16)
                .with("shortcuts", "residual")
                .with("epochs", epochs)
                .with("batchSize", 64)
                .with("learningRate", 0.1);
    }

    /**
     * The networks for small images of He et al. 2015 (section 4.2), narrow, with their momentum and weight decay and a rate that
     * rises and falls within the few epochs that there are.
     *
     * @param depth of the form 6n + 2
     * @param shortcuts "residual" or "none"
     */
    static Recipe small(int depth, String shortcuts, int width, int epochs) {
        return new Recipe(IMAGES)
                .with("family", "cifar")
                .with("depth", depth)
                .with("flavour", "torchvision")
                .with("width", width)
                .with("shortcuts", shortcuts)
                .with("epochs", epochs)
                .with("batchSize", 32)
                .with("learningRate", 0.05)
                .with("momentum", 0.9)
                .with("weightDecay", 0.0001)
                .with("schedule", "one-cycle")
                .with("peakAt", 0.2)
                .with("anneal", "cosine");
    }

    /** The same with another value of a setting. */
    Recipe with(String name, Object value) {
        Map<String, String> more = new TreeMap<>(settings);
        more.put(name, value.toString());
        return new Recipe(more);
    }

    /** The spec, with seed 1. */
    TrainingSpec spec() {
        // Every setting of the preset is set above, so that none of its values is used.
        return Preset.resolve("quick", settings).spec();
    }
}
