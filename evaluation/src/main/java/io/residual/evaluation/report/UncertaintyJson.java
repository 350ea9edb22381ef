package io.residual.evaluation.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.evaluation.metrics.CoverageCheck;
import io.residual.evaluation.metrics.CoverageCheck.ClassCoverage;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.report.Uncertainty.Abstention;
import io.residual.evaluation.report.Uncertainty.Outliers;
import java.util.OptionalDouble;

/** The part of an evaluation's JSON about what the model is not sure of. */
final class UncertaintyJson {
    private UncertaintyJson() {}

    static void write(Evaluation evaluation, ObjectNode json) {
        Uncertainty uncertainty = evaluation.uncertainty();
        Scores scaled = evaluation.scaledScores();
        ArrayNode sets = json.putArray("predictionSets");
        uncertainty.coverages(scaled).forEach(check -> coverage(check, sets.addObject()));
        ArrayNode abstentions = json.putArray("abstentions");
        for (double below : Uncertainty.ABSTAIN_BELOW) {
            Abstention abstention = Abstention.of(below, scaled);
            ObjectNode one = abstentions.addObject().put("below", below).put("predicted", abstention.answered());
            put(one, "accuracy", abstention.accuracy());
        }
        ArrayNode outliers = json.putArray("outOfDistribution");
        for (Outliers group : uncertainty.outliers()) {
            ObjectNode one = outliers.addObject()
                    .put("name", group.name())
                    .put("images", group.energies().size())
                    .put("energyAuroc", group.auroc(uncertainty.energies()));
            put(one, "flagged", uncertainty.flagged(group.energies()));
        }
        put(json, "flagged", uncertainty.flagged(uncertainty.energies()));
        json.put("flaggedAtPValue", Uncertainty.OUTLIER_LEVEL);
    }

    private static void coverage(CoverageCheck check, ObjectNode json) {
        json.put("method", "split conformal, LAC");
        json.put("statedCoverage", check.sets().coverage());
        json.put("calibrationImages", check.sets().examples());
        json.put("threshold", check.sets().threshold());
        json.put("coverage", check.coverage());
        json.putObject("coverageInterval")
                .put("low", check.interval().low())
                .put("high", check.interval().high())
                .put("level", check.interval().level())
                .put("method", "Wilson");
        json.putObject("expectedCoverage")
                .put("low", check.expected().low())
                .put("high", check.expected().high())
                .put("level", 0.95)
                .put("method", "beta-binomial");
        json.put("meanSize", check.meanSize());
        json.put("emptySets", check.empty());
        json.put("setsOfOneClass", check.single());
        ArrayNode classes = json.putArray("classes");
        for (ClassCoverage one : check.classes()) {
            ObjectNode each = classes.addObject();
            put(each, "coverage", one.coverage());
            put(each, "meanSize", one.meanSize());
        }
    }

    private static void put(ObjectNode json, String field, OptionalDouble value) {
        value.ifPresentOrElse(present -> json.put(field, present), () -> json.putNull(field));
    }
}
