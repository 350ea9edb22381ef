package io.residual.training.config;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How much the images of each class count in the loss, written as {@code none}, {@code auto}, {@code inverse}, {@code
 * effective}, or a number for each class such as {@code 1,2.5,1}.
 */
public sealed interface ClassWeights {
    /** How many times as many images as the smallest class the largest may have before {@code auto} weighs them. */
    double BALANCED = 1.5;

    /** Weights that the numbers of training images decide. */
    enum Rule implements ClassWeights {
        /** All images count the same. */
        NONE,
        /** {@link #INVERSE} if the largest class has more than {@link #BALANCED} times the images of the smallest, else {@link #NONE}. */
        AUTO,
        /** All classes count the same: images / (classes * images of the class), as scikit-learn's {@code balanced}. */
        INVERSE,
        /** By the effective number of images (Cui et al. 2019) with beta 0.9999; the mean over the classes is 1. */
        EFFECTIVE;

        private static final double BETA = 0.9999;

        @Override
        public List<Double> of(int[] counts, List<String> classes) {
            int smallest = Arrays.stream(counts).min().orElse(0);
            int largest = Arrays.stream(counts).max().orElse(0);
            if (this == NONE || (this == AUTO && smallest > 0 && largest <= BALANCED * smallest)) {
                return List.of();
            }
            requireImages(counts, classes);
            return this == EFFECTIVE ? effective(counts) : inverse(counts);
        }

        private void requireImages(int[] counts, List<String> classes) {
            String empty = IntStream.range(0, counts.length)
                    .filter(c -> counts[c] == 0)
                    .mapToObj(classes::get)
                    .collect(Collectors.joining(", "));
            if (!empty.isEmpty()) {
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        "classWeights " + this + ": no training images of class " + empty
                                + ": give a weight for each class, or none");
            }
        }

        private static List<Double> inverse(int[] counts) {
            double images = Arrays.stream(counts).asDoubleStream().sum();
            return Arrays.stream(counts)
                    .mapToObj(count -> images / ((double) counts.length * count))
                    .toList();
        }

        private static List<Double> effective(int[] counts) {
            double[] weights = Arrays.stream(counts)
                    .mapToDouble(count -> (1 - BETA) / (1 - Math.pow(BETA, count)))
                    .toArray();
            double mean = Arrays.stream(weights).average().orElseThrow();
            return Arrays.stream(weights).mapToObj(weight -> weight / mean).toList();
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Weights of your own.
     *
     * @param weights of each class in the order of the labels, above 0, at most {@value #MAX}
     */
    record Given(List<Double> weights) implements ClassWeights {
        private static final double MAX = 1e6;

        public Given {
            weights = List.copyOf(weights);
            if (weights.size() < 2 || !weights.stream().allMatch(w -> w > 0 && w <= MAX)) {
                throw new IllegalArgumentException("expected numbers above 0, one for each class, got " + weights);
            }
        }

        @Override
        public List<Double> of(int[] counts, List<String> classes) {
            if (weights.size() != counts.length) {
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        "classWeights: " + weights.size() + " weights for " + counts.length
                                + " classes: give one for each of " + String.join(", ", classes));
            }
            return weights;
        }

        @Override
        public String toString() {
            return weights.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
    }

    /**
     * The weights for a set of training images.
     *
     * @param counts images of each class
     * @param classes their names, for messages
     * @return a weight above 0 for each class; empty if all images count the same
     * @throws ResidualException of kind BAD_SETTING if there are weights for another number of classes, or the numbers of
     *     images decide them and a class has none
     */
    List<Double> of(int[] counts, List<String> classes);

    /**
     * Reads what {@code toString} writes.
     *
     * @throws IllegalArgumentException if the text is neither a rule nor numbers
     */
    static ClassWeights of(String text) {
        for (Rule rule : Rule.values()) {
            if (text.equals(rule.toString())) {
                return rule;
            }
        }
        ValueType<Double> number = ValueType.numbersAbove("WEIGHT", 0, Given.MAX);
        return new Given(Arrays.stream(text.split(",", -1)).map(number::parse).toList());
    }
}
