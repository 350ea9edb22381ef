package io.residual.evaluation.predict;

import java.util.Comparator;
import java.util.List;

/**
 * What a network says of one picture.
 *
 * @param probabilities of every class, in the order of the network's outputs; they add up to 1 but for rounding
 * @param inverted whether the picture was turned into its negative first
 */
public record Prediction(List<ClassProbability> probabilities, boolean inverted) {
    /**
     * How likely a class is.
     *
     * @param probability in [0, 1]
     */
    public record ClassProbability(String className, double probability) {
        public ClassProbability {
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException("not a probability of " + className + ": " + probability);
            }
        }
    }

    public Prediction {
        probabilities = List.copyOf(probabilities);
        if (probabilities.isEmpty()) {
            throw new IllegalArgumentException("a prediction needs a class");
        }
    }

    /** Name of the likeliest class, the first of equals. */
    public String className() {
        return ranking().get(0).className();
    }

    /** Probability of the likeliest class. */
    public double probability() {
        return ranking().get(0).probability();
    }

    /** The classes from the likeliest to the least likely, equals in the order of the outputs. */
    public List<ClassProbability> ranking() {
        return probabilities.stream()
                .sorted(Comparator.comparingDouble(ClassProbability::probability)
                        .reversed())
                .toList();
    }
}
