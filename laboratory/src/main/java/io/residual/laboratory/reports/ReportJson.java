package io.residual.laboratory.reports;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.laboratory.experiments.Criterion;
import io.residual.laboratory.experiments.CriterionResult;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.Results;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.training.run.MeanInterval;
import io.residual.training.run.StrictJson;
import java.util.Optional;

/** The report as JSON. */
final class ReportJson {
    private static final int FORMAT = 1;

    private ReportJson() {}

    static String of(Report report) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("format", FORMAT).put("budget", report.budget());
        json.putPOJO("backend", report.backend()).putPOJO("versions", report.versions());
        ArrayNode experiments = json.putArray("experiments");
        report.entries().forEach(entry -> add(experiments.addObject(), entry));
        json.putPOJO("publishedRuns", report.runs());
        return StrictJson.pretty(json);
    }

    private static void add(ObjectNode json, Report.Entry entry) {
        Experiment experiment = entry.experiment();
        Results results = entry.result().results();
        json.put("claim", experiment.claim().number())
                .put("sentence", experiment.claim().sentence())
                .put("method", experiment.method())
                .put("verdict", entry.result().verdict().name())
                .put("meaning", entry.meaning())
                .put("seedsPlanned", experiment.seeds())
                .putPOJO("seeds", results.seeds())
                .put("trainingSeconds", entry.seconds())
                .put("command", entry.chapter().command());
        ArrayNode effects = json.putArray("effects");
        entry.result().criteria().forEach(result -> add(effects.addObject(), result));
        ArrayNode arms = json.putArray("arms");
        experiment.arms().forEach(arm -> add(arms.addObject(), arm, results));
    }

    /** The numbers of an interval are null if fewer than two seeds are finished. */
    private static void add(ObjectNode json, CriterionResult result) {
        Criterion criterion = result.criterion();
        Optional<MeanInterval> interval = result.interval();
        json.put("effect", criterion.effect())
                .put("unit", criterion.unit())
                // The words of release 0.1.
                .put("role", criterion.role() == Criterion.Role.PRIMARY ? "DECIDES" : "EXPLAINS")
                .put("expectation", criterion.expectation().name())
                .put("bound", criterion.bound())
                .put("verdict", result.verdict().name())
                .put(
                        "seedsToDecide",
                        result.seedsToDecide().stream().boxed().findFirst().orElse(null))
                .put("mean", interval.map(MeanInterval::mean).orElse(null))
                .put("low", interval.map(MeanInterval::low).orElse(null))
                .put("high", interval.map(MeanInterval::high).orElse(null))
                .put("level", MeanInterval.LEVEL)
                .putPOJO("values", result.values());
    }

    /** An arm; its lists have a value for each seed. */
    private static void add(ObjectNode json, Arm arm, Results results) {
        json.put("name", arm.name())
                .putPOJO("keys", results.of(arm.name(), TrainingResult::key))
                .putPOJO("heldOutAccuracy", results.of(arm.name(), TrainingResult::accuracy))
                .putPOJO("trainAccuracy", results.of(arm.name(), TrainingResult::trainAccuracy));
    }
}
