package io.residual.evaluation.predict;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a network predicts for one image.
 *
 * @param probabilities of every class, in the order of the network's outputs; they sum to 1 except for rounding. At the
 *     temperature of the model's calibration, if there is one
 * @param inverted whether the image was inverted first
 * @param certainty what else is known about how sure the prediction is
 */
public record Prediction(List<ClassProbability> probabilities, boolean inverted, Certainty certainty) {
    /**
     * How sure a prediction is.
     *
     * @param abstained whether no class is probable enough to be predicted
     * @param set classes that include the true one as often as stated; empty without calibration
     * @param energy the higher, the less the image resembles those of the training
     * @param outlierPValue share of the calibration images with at least this energy; empty without calibration
     */
    public record Certainty(boolean abstained, Optional<ClassSet> set, double energy, OptionalDouble outlierPValue) {}

    /**
     * A conformal prediction set.
     *
     * @param coverage how often such sets include the true class, in (0, 1)
     * @param classNames in the order of the network's outputs; may be empty
     */
    public record ClassSet(double coverage, List<String> classNames) {
        public ClassSet {
            classNames = List.copyOf(classNames);
        }
    }

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

    /** Name of the most likely class, the first of equals, also if the prediction {@linkplain Certainty#abstained abstained}. */
    public String className() {
        return first().className();
    }

    /** Probability of the most likely class. */
    public double probability() {
        return first().probability();
    }

    private ClassProbability first() {
        ClassProbability first = probabilities.get(0);
        for (ClassProbability each : probabilities) {
            first = each.probability() > first.probability() ? each : first;
        }
        return first;
    }

    /** The classes from the most to the least likely, equals in the order of the outputs. */
    public List<ClassProbability> ranking() {
        return probabilities.stream()
                .sorted(Comparator.comparingDouble(ClassProbability::probability)
                        .reversed())
                .toList();
    }

    /**
     * As in {@code {"class": "Bag", "probability": 0.93, "inverted": false, "abstained": false, "set": ["Bag"], "coverage":
     * 0.95, "energy": -9.2, "outlierPValue": 0.31, "probabilities": {"T-shirt/top": 0.01, ...}}}; the class is null if the
     * prediction abstained, and so is what needs a calibration without one.
     */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("class", certainty.abstained() ? null : className());
        json.put("probability", (float) probability());
        json.put("inverted", inverted);
        json.put("abstained", certainty.abstained());
        certainty
                .set()
                .ifPresentOrElse(
                        set -> {
                            ArrayNode names = json.putArray("set");
                            set.classNames().forEach(names::add);
                            json.put("coverage", set.coverage());
                        },
                        () -> json.putNull("set").putNull("coverage"));
        json.put("energy", (float) certainty.energy());
        certainty
                .outlierPValue()
                .ifPresentOrElse(p -> json.put("outlierPValue", (float) p), () -> json.putNull("outlierPValue"));
        ObjectNode all = json.putObject("probabilities");
        probabilities.forEach(p -> all.put(p.className(), (float) p.probability()));
        return json;
    }
}
