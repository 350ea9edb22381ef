package io.residual.evaluation.labels;

import io.residual.core.SplitMix64;
import io.residual.data.ImageSet;
import io.residual.training.CrossValidation;
import io.residual.training.Trainer;
import io.residual.training.config.DataChoice;
import io.residual.training.config.DataSpec;
import io.residual.training.config.Preset;
import io.residual.training.run.DataSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Images of Fashion-MNIST with labels that were changed on purpose.
 *
 * @param images with the changed labels
 * @param flipped indices of the images whose label was changed
 */
public record FlippedLabels(ImageSet images, Set<Integer> flipped) {
    /** Where Debian's package dataset-fashion-mnist installs the files. */
    public static final String DEBIAN = "/usr/share/datasets/fashion-mnist";

    /** A share of the first training images gets another label, each of the nine others as likely. */
    static FlippedLabels of(int count, double share, long seed) {
        return of(
                DataSources.find(new DataSpec(new DataChoice.Directory(DEBIAN), 28))
                        .wholeTraining(),
                count,
                share,
                seed);
    }

    /** The same for other images than Fashion-MNIST's. */
    public static FlippedLabels of(ImageSet all, int count, double share, long seed) {
        ImageSet images = all.subset(IntStream.range(0, count).toArray());
        int[] order = IntStream.range(0, count).toArray();
        SplitMix64 random = new SplitMix64(seed);
        random.shuffle(order);
        int[] labels = IntStream.range(0, count).map(images::label).toArray();
        int[] flipped = Arrays.copyOf(order, (int) Math.round(share * count));
        int classes = images.classNames().size();
        for (int i : flipped) {
            labels[i] = (labels[i] + 1 + random.below(classes - 1)) % classes;
        }
        return new FlippedLabels(
                images.withLabels(labels), Arrays.stream(flipped).boxed().collect(Collectors.toSet()));
    }

    /** The share of the changed labels that is among as many first images of a ranking. */
    double found(List<Integer> ranking) {
        long hits =
                ranking.stream().limit(flipped.size()).filter(flipped::contains).count();
        return (double) hits / flipped.size();
    }

    /** Measures other settings than the test's: arguments are images, folds, preset, and settings such as width=16. */
    public static void main(String[] args) throws Exception {
        FlippedLabels noisy = of(Integer.parseInt(args[0]), 0.05, 1);
        Map<String, String> overrides = new HashMap<>();
        Arrays.stream(args).skip(3).map(arg -> arg.split("=")).forEach(pair -> overrides.put(pair[0], pair[1]));
        Path directory = Files.createTempDirectory("flipped-labels");
        CrossValidation folds = new CrossValidation(
                Trainer.of(Preset.resolve(args[2], overrides)).arguments(List.of(args)),
                Integer.parseInt(args[1]),
                directory);
        long start = System.nanoTime();
        LabelIssues issues = LabelIssues.of(
                "training",
                noisy.images(),
                folds.probabilities(noisy.images(), DEBIAN, Trainer::train).orElseThrow());
        System.out.printf(
                Locale.ROOT,
                "%s: %d suspects, %.3f of %d flips among as many first ranked, accuracy %.4f, estimated wrong %.4f,"
                        + " %.1f s%n",
                String.join(" ", args),
                issues.suspects().size(),
                noisy.found(issues.ranking()),
                noisy.flipped().size(),
                issues.accuracy(),
                issues.learning().wrongShare(),
                (System.nanoTime() - start) / 1e9);
    }
}
