package io.residual.laboratory.experiments.training;

import io.residual.core.files.Sha256;
import io.residual.training.config.Settings;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;

/**
 * One training of an experiment: everything that decides its result, except the data.
 *
 * @param model that is trained
 * @param spec how it is trained
 * @param material images that it is trained and evaluated on
 * @param probe what is measured in it in addition to its score
 */
public record Training(Model model, TrainingSpec spec, TrainingData material, Probe probe) {
    /** Increases when the same training would be measured in another way. */
    private static final int FORMAT = 1;

    /** Settings that release 0.1 did not have. */
    private static final Set<String> LATER_SETTINGS = Set.of(
            "maxMegapixels",
            "maxFileMegabytes",
            "labelDecisions",
            "classWeights",
            "sampler",
            "focalGamma",
            "monitor",
            "startImageSize",
            "fullSizeAt",
            "muonRate",
            "skipLearnt");

    /** A network of the spec, of which only the score is measured. */
    public static Training of(TrainingSpec spec, TrainingData material) {
        return new Training(Model.RESNET, spec, material, Probe.NONE);
    }

    /** The same with another seed. */
    public Training withSeed(long seed) {
        return new Training(model, spec.withSeed(seed), material, probe);
    }

    /** The same with something measured. */
    public Training with(Probe other) {
        return new Training(model, spec, material, other);
    }

    /** The same of another model. */
    public Training with(Model other) {
        return new Training(other, spec, material, probe);
    }

    /**
     * What names the result: equal for equal trainings on equal data and kernels.
     *
     * @param digests of the data's files, by name
     * @param kernels in words, with their version
     * @return SHA-256, 64 lower-case hexadecimal digits
     */
    String key(SortedMap<String, String> digests, String kernels) {
        // The digests of the files count, not their place.
        String text = String.join(
                "\n",
                "format " + FORMAT,
                "model " + model,
                // The words of release 0.1, whose stored results are still read.
                String.format(
                        Locale.ROOT,
                        "material Material[images=%d, labelNoise=%s, heldOut=%s, heldOutImages=%d]",
                        material.images(),
                        material.labelNoise(),
                        material.heldOut(),
                        material.heldOutImages()),
                "probe " + probe,
                "kernels " + kernels,
                "data " + digests,
                specLines());
        return Sha256.of(text);
    }

    /**
     * As release 0.1 wrote them: with the setting outsideLinks, which is gone, and without those that came later while they have
     * their defaults, so that its stored results are still found.
     */
    private String specLines() {
        List<String> lines = new ArrayList<>(SpecFile.write(spec).lines().toList());
        lines.removeIf(line -> line.startsWith("data:") || isLaterDefault(line));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("onCorruptImage:")) {
                lines.add(i + 1, "outsideLinks: refuse");
                break;
            }
        }
        return lines.toString();
    }

    private boolean isLaterDefault(String line) {
        String name = line.substring(0, Math.max(0, line.indexOf(':')));
        return LATER_SETTINGS.contains(name)
                && Settings.named(name).orElseThrow().isDefault(spec);
    }
}
