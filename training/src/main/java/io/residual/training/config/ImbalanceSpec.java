package io.residual.training.config;

import io.residual.training.config.Setting.Topic;
import java.util.List;
import java.util.Map;

/**
 * What is done about classes of different size, and about images that are easy.
 *
 * @param focalGamma of the focal loss (Lin et al. 2017): each term of the cross entropy is multiplied by (1 - p)^gamma; 0 for
 *     cross entropy
 * @param skipLearnt share of the images that the last epoch leaves out, 0 for none, to 0.9
 */
public record ImbalanceSpec(ClassWeights classWeights, Sampler sampler, double focalGamma, double skipLearnt) {
    static final SettingGroup<ImbalanceSpec> SETTINGS = new SettingGroup<>(ImbalanceSpec.class, Topic.CLASSES)
            .named(
                    "classWeights",
                    "weights of the classes in the loss: by inverse frequency (inverse), by the effective number of"
                            + " images of Cui et al. 2019 (effective), or a number for each; auto is inverse if the"
                            + " largest class has more than " + ClassWeights.BALANCED
                            + " times the images of the smallest and the sampler is not balanced, else none")
            .optional(
                    ValueType.parsed(
                            "none|auto|inverse|effective|A,B,C",
                            "none, auto, inverse, effective, or numbers above 0 with commas between, one for each"
                                    + " class",
                            ClassWeights::of),
                    ClassWeights.Rule.NONE)
            .named(
                    "sampler",
                    "images of an epoch: each once, or as many of each class, where those of small classes are drawn"
                            + " several times")
            .optional(Sampler.SHUFFLED)
            .named("focalGamma", "gamma of the focal loss of Lin et al. 2017; 0 for cross entropy")
            .optional(ValueType.numbers("GAMMA", 0, 10), 0.0)
            .named(
                    "skipLearnt",
                    "share of the images that the last epoch leaves out: those of whose labels the network was surest in"
                            + " the epoch before; others come several times in their place; 0 for none")
            .optional(ValueType.numbers("SHARE", 0, 0.9), 0.0);

    public static final ImbalanceSpec NONE = SETTINGS.from(Map.of());

    public ImbalanceSpec {
        SETTINGS.require(classWeights, sampler, focalGamma, skipLearnt);
        if (skipLearnt > 0 && sampler == Sampler.BALANCED) {
            throw new IllegalArgumentException("skipLearnt " + skipLearnt
                    + " and sampler balanced both choose the images of an epoch: use one of them");
        }
    }

    /**
     * The weights of the classes in the loss.
     *
     * @param counts training images of each class
     * @param classes their names, for messages
     * @return a weight above 0 for each class; empty if all images count the same
     * @throws io.residual.core.ResidualException of kind BAD_SETTING if the weights do not fit the classes
     */
    public List<Double> weights(int[] counts, List<String> classes) {
        boolean balanced = classWeights == ClassWeights.Rule.AUTO && sampler == Sampler.BALANCED;
        return balanced ? List.of() : classWeights.of(counts, classes);
    }
}
