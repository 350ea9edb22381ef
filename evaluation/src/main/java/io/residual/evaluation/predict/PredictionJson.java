package io.residual.evaluation.predict;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Predictions for programs. */
public final class PredictionJson {
    private PredictionJson() {}

    /** As in {@code {"class": "Bag", "probability": 0.93, "inverted": false, "probabilities": {"T-shirt/top": 0.01, ...}}}. */
    public static ObjectNode of(Prediction prediction) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("class", prediction.className());
        json.put("probability", (float) prediction.probability());
        json.put("inverted", prediction.inverted());
        ObjectNode all = json.putObject("probabilities");
        prediction.probabilities().forEach(p -> all.put(p.className(), (float) p.probability()));
        return json;
    }
}
