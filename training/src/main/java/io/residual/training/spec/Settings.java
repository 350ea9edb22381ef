package io.residual.training.spec;

import io.residual.core.Shortcuts;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of a run. A new one is declared here and named in {@link #all} and {@link #build}: YAML files, command-line
 * options, help texts and the checks of the records follow.
 */
public final class Settings {
    static final Setting<Integer> DEPTH = new Setting<>(
            "depth",
            "weighted layers of the network",
            new Domain.Choice<>(List.of(18, 34), String::valueOf),
            s -> s.network().depth());

    static final Setting<NetworkSpec.Variant> FLAVOUR = new Setting<>(
            "flavour",
            "whose ResNet: the d2l book's, or torchvision's and the paper's",
            words(NetworkSpec.Variant.values()),
            s -> s.network().flavour());

    static final Setting<Integer> WIDTH = new Setting<>(
            "width",
            "channels of the stem, which all stages scale with; 64 in the paper",
            wholeNumbers(1, 512),
            s -> s.network().width());

    static final Setting<Shortcuts> SHORTCUTS = new Setting<>(
            "shortcuts",
            "whether blocks add their input to their output",
            words(Shortcuts.values()),
            s -> s.network().shortcuts());

    static final Setting<DataChoice> DATA = new Setting<>(
            "data", "the images", new Domain.Sources(), s -> s.data().source());

    static final Setting<Integer> IMAGE_SIZE = new Setting<>(
            "imageSize",
            "side that images are scaled to, in pixels",
            wholeNumbers(28, 1024),
            s -> s.data().imageSize());

    static final Setting<Integer> EPOCHS = new Setting<>(
            "epochs",
            "passes over the training images",
            wholeNumbers(1, 10_000),
            s -> s.optimisation().epochs());

    static final Setting<Integer> BATCH_SIZE = new Setting<>(
            "batchSize",
            "images per step",
            wholeNumbers(1, 65_536),
            s -> s.optimisation().batchSize());

    static final Setting<Double> LEARNING_RATE = new Setting<>(
            "learningRate",
            "step length of plain SGD",
            new Domain.Reals(0, 10),
            s -> s.optimisation().learningRate());

    static final Setting<Long> SEED = new Setting<>(
            "seed",
            "of all that is random: weights, order of images",
            new Domain.WholeNumbers<>(Long.MIN_VALUE, Long.MAX_VALUE, Long::valueOf),
            TrainingSpec::seed);

    private static final List<Setting<?>> ALL =
            List.of(DEPTH, FLAVOUR, WIDTH, SHORTCUTS, DATA, IMAGE_SIZE, EPOCHS, BATCH_SIZE, LEARNING_RATE, SEED);

    private Settings() {}

    /** All settings, in the order in which files and help texts list them. */
    public static List<Setting<?>> all() {
        return ALL;
    }

    static Optional<Setting<?>> named(String name) {
        return ALL.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /**
     * Builds a spec from texts that {@link Setting#parse} accepts.
     *
     * @param texts one for each setting
     * @throws IllegalArgumentException if values that are allowed one by one do not go together
     */
    static TrainingSpec build(Map<Setting<?>, String> texts) {
        return new TrainingSpec(
                new NetworkSpec(
                        value(DEPTH, texts), value(FLAVOUR, texts), value(WIDTH, texts), value(SHORTCUTS, texts)),
                new DataSpec(value(DATA, texts), value(IMAGE_SIZE, texts)),
                new OptimisationSpec(value(EPOCHS, texts), value(BATCH_SIZE, texts), value(LEARNING_RATE, texts)),
                value(SEED, texts));
    }

    private static <T> T value(Setting<T> setting, Map<Setting<?>, String> texts) {
        String text = texts.get(setting);
        if (text == null) {
            throw new IllegalStateException("no text for " + setting);
        }
        return setting.parse(text);
    }

    private static Domain<Integer> wholeNumbers(int min, int max) {
        return new Domain.WholeNumbers<>(min, max, Math::toIntExact);
    }

    private static <E extends Enum<E>> Domain<E> words(E[] values) {
        return new Domain.Choice<>(List.of(values), value -> value.name().toLowerCase(Locale.ROOT));
    }
}
