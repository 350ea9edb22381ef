package io.residual.evaluation.predict;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;

/**
 * What a network predicts for one image.
 *
 * @param probabilities of every class, in the order of the network's outputs; they sum to 1 except for rounding
 * @param inverted whether the image was inverted first
 */
public record Prediction(List<ClassProbability> probabilities, boolean inverted) {
    /**
     * The probability of a class.
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

    /** Name of the most likely class, the first of equals. */
    public String className() {
        return ranking().get(0).className();
    }

    /** Probability of the most likely class. */
    public double probability() {
        return ranking().get(0).probability();
    }

    /** The classes from the most to the least likely, equals in the order of the outputs. */
    public List<ClassProbability> ranking() {
        return probabilities.stream()
                .sorted(Comparator.comparingDouble(ClassProbability::probability)
                        .reversed())
                .toList();
    }

    /** As in {@code {"class": "Bag", "probability": 0.93, "inverted": false, "probabilities": {"T-shirt/top": 0.01, ...}}}. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("class", className());
        json.put("probability", (float) probability());
        json.put("inverted", inverted);
        ObjectNode all = json.putObject("probabilities");
        probabilities.forEach(p -> all.put(p.className(), (float) p.probability()));
        return json;
    }
}
