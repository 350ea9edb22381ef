package io.residual.evaluation.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.evaluation.metrics.Calibration;
import io.residual.evaluation.metrics.OneVersusRest;
import io.residual.evaluation.metrics.PairedComparison;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.metrics.WilsonInterval;
import java.util.Optional;
import java.util.OptionalDouble;

/** The JSON form: unrounded numbers, null where undefined. Fields are only ever added: other programs read it. */
final class EvaluationJson {
    private EvaluationJson() {}

    static ObjectNode of(Evaluation evaluation) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("run", evaluation.model().run().toString());
        json.put("checkpoint", evaluation.model().choice().toString());
        json.put("precision", evaluation.precision());
        json.put("split", evaluation.splitName());
        ObjectNode data = json.putObject("data");
        data.put("origin", evaluation.origin());
        data.put("images", evaluation.images().size());
        ObjectNode sha256 = data.putObject("sha256");
        evaluation.images().digests().forEach(sha256::put);
        json.setAll(evaluation.report().toJson());
        areas(evaluation, (ArrayNode) json.get("classes"));
        ObjectNode calibration = json.putObject("calibration");
        calibration.set("plain", calibration(evaluation.calibration()));
        evaluation.temperature().ifPresent(t -> calibration.put("temperature", t.value()));
        evaluation
                .calibrationAtTemperature()
                .ifPresent(scaled -> calibration.set("atTemperature", calibration(scaled)));
        UncertaintyJson.write(evaluation, json.putObject("uncertainty"));
        ArrayNode variants = json.putArray("variants");
        evaluation.variants().forEach(variant -> variants.add(variant(variant)));
        evaluation.comparison().ifPresent(other -> {
            ObjectNode node = json.putObject("comparison");
            node.put("run", other.name());
            comparison(node, evaluation, other);
        });
        evaluation.float32().ifPresent(floats -> comparison(json.putObject("float32"), evaluation, floats));
        return json;
    }

    private static void areas(Evaluation evaluation, ArrayNode classes) {
        for (int c = 0; c < classes.size(); c++) {
            ObjectNode one = (ObjectNode) classes.get(c);
            Optional<OneVersusRest> rest = OneVersusRest.of(evaluation.scores(), c);
            rest.ifPresentOrElse(r -> one.put("rocAuc", r.auc()), () -> one.putNull("rocAuc"));
            rest.ifPresentOrElse(
                    r -> one.put("averagePrecision", r.averagePrecision()), () -> one.putNull("averagePrecision"));
        }
    }

    private static ObjectNode calibration(Calibration calibration) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("expectedCalibrationError", calibration.expectedCalibrationError());
        json.put("negativeLogLikelihoodNats", calibration.negativeLogLikelihood());
        json.put("brier", calibration.brier());
        ArrayNode bins = json.putArray("bins");
        for (Calibration.Bin bin : calibration.bins()) {
            ObjectNode one = bins.addObject();
            one.put("low", bin.low()).put("high", bin.high()).put("examples", bin.examples());
            put(one, "confidence", bin.confidence());
            put(one, "accuracy", bin.accuracy());
        }
        return json;
    }

    private static void put(ObjectNode json, String field, OptionalDouble value) {
        value.ifPresentOrElse(present -> json.put(field, present), () -> json.putNull(field));
    }

    private static ObjectNode variant(Evaluation.Variant variant) {
        Scores scores = variant.scores();
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", variant.name());
        json.put("accuracy", scores.topAccuracy(1));
        WilsonInterval interval = WilsonInterval.of(scores.confusion().correct(), scores.examples());
        json.putObject("accuracyInterval").put("low", interval.low()).put("high", interval.high());
        json.put("meanCrossEntropyNats", scores.crossEntropyOfProbabilities());
        json.put("expectedCalibrationError", Calibration.of(scores).expectedCalibrationError());
        return json;
    }

    private static void comparison(ObjectNode json, Evaluation evaluation, Evaluation.ComparedRun other) {
        PairedComparison paired = other.paired();
        json.put("accuracy", other.scores().topAccuracy(1));
        json.put("expectedCalibrationError", Calibration.of(other.scores()).expectedCalibrationError());
        json.put("difference", paired.difference());
        json.putObject("differenceInterval")
                .put("low", other.interval().low())
                .put("high", other.interval().high())
                .put("level", 0.95)
                .put("method", "percentile bootstrap");
        json.put("onlyThisRight", paired.onlyFirst());
        json.put("onlyOtherRight", paired.onlySecond());
        json.put("mcNemarExactP", paired.mcNemar());
        ArrayNode changed = json.putArray("changed");
        for (int i : evaluation.changed(other)) {
            changed.addObject()
                    .put("name", evaluation.images().name(i))
                    .put("position", evaluation.images().position(i))
                    .put("class", evaluation.className(evaluation.scores().label(i)))
                    .put("predicted", evaluation.className(evaluation.scores().predicted(i)))
                    .put("otherPredicted", evaluation.className(other.scores().predicted(i)));
        }
    }
}
