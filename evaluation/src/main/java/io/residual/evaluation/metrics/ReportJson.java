package io.residual.evaluation.metrics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.training.metrics.ClassMetrics;
import io.residual.training.metrics.ConfusionMatrix;
import java.util.OptionalDouble;

/** The JSON form of a report. Fields are only ever added: other programs read it. */
final class ReportJson {
    private ReportJson() {}

    static ObjectNode of(ClassificationReport report) {
        ConfusionMatrix confusion = report.confusion();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("examples", confusion.total());
        json.put("correct", confusion.correct());
        put(json, "accuracy", confusion.accuracy());
        report.accuracyInterval()
                .ifPresentOrElse(
                        interval -> json.putObject("accuracyInterval")
                                .put("low", interval.low())
                                .put("high", interval.high())
                                .put("level", interval.level())
                                .put("method", "Wilson"),
                        () -> json.putNull("accuracyInterval"));
        put(json, "balancedAccuracy", confusion.balancedAccuracy());
        put(json, "matthewsCorrelation", confusion.matthews());
        put(json, "meanCrossEntropyNats", report.loss());
        ArrayNode tops = json.putArray("topAccuracies");
        report.topAccuracies().forEach(top -> tops.addObject().put("k", top.k()).put("accuracy", top.accuracy()));
        ArrayNode classes = json.putArray("classes");
        for (int c = 0; c < confusion.classes(); c++) {
            ClassMetrics metrics = confusion.metrics(c);
            ObjectNode one = classes.addObject().put("name", report.classNames().get(c));
            putRates(one, metrics);
            one.put("support", metrics.support());
        }
        putRates(json.putObject("macroAverage"), confusion.macroAverage());
        ArrayNode rows = json.putArray("confusion");
        for (int actual = 0; actual < confusion.classes(); actual++) {
            ArrayNode row = rows.addArray();
            for (int predicted = 0; predicted < confusion.classes(); predicted++) {
                row.add(confusion.count(actual, predicted));
            }
        }
        return json;
    }

    private static void putRates(ObjectNode json, ClassMetrics metrics) {
        put(json, "precision", metrics.precision());
        put(json, "recall", metrics.recall());
        put(json, "f1", metrics.f1());
    }

    private static void put(ObjectNode json, String field, OptionalDouble value) {
        value.ifPresentOrElse(present -> json.put(field, present), () -> json.putNull(field));
    }
}
