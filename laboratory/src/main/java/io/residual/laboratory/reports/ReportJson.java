package io.residual.laboratory.reports;

import io.residual.laboratory.experiments.Criterion;
import io.residual.laboratory.experiments.CriterionResult;
import io.residual.laboratory.experiments.Experiment.Arm;
import io.residual.laboratory.experiments.MeanInterval;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.training.run.Backend;
import io.residual.training.run.StrictJson;
import io.residual.training.run.Versions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The report as JSON. */
final class ReportJson {
    private static final int FORMAT = 1;

    private ReportJson() {}

    private record File(
            int format,
            String budget,
            Backend backend,
            Versions versions,
            List<Experiment> experiments,
            List<PublishedRun> publishedRuns) {}

    private record Experiment(
            int claim,
            String sentence,
            String method,
            String verdict,
            int seedsPlanned,
            List<Long> seeds,
            double trainingSeconds,
            String command,
            List<Effect> effects,
            List<Trained> arms) {}

    /** Numbers of an interval are null if fewer than two seeds are finished. */
    private record Effect(
            String effect,
            String unit,
            String role,
            String expectation,
            double bound,
            String verdict,
            @Nullable Double mean,
            @Nullable Double low,
            @Nullable Double high,
            double level,
            List<Double> values) {
        static Effect of(CriterionResult result) {
            Criterion criterion = result.criterion();
            Optional<MeanInterval> interval = result.interval();
            return new Effect(
                    criterion.effect(),
                    criterion.unit(),
                    criterion.role() == Criterion.Role.PRIMARY ? "DECIDES" : "EXPLAINS",
                    criterion.expectation().name(),
                    criterion.bound(),
                    result.verdict().name(),
                    interval.map(MeanInterval::mean).orElse(null),
                    interval.map(MeanInterval::low).orElse(null),
                    interval.map(MeanInterval::high).orElse(null),
                    MeanInterval.LEVEL,
                    result.values());
        }
    }

    /** An arm; its lists have a value for each seed. */
    private record Trained(String name, List<String> keys, List<Double> heldOutAccuracy, List<Double> trainAccuracy) {}

    static String of(Report report) {
        File file = new File(
                FORMAT,
                report.budget(),
                report.backend(),
                report.versions(),
                report.entries().stream().map(ReportJson::experiment).toList(),
                report.runs());
        return StrictJson.pretty(file);
    }

    private static Experiment experiment(Report.Entry entry) {
        return new Experiment(
                entry.experiment().claim().number(),
                entry.experiment().claim().sentence(),
                entry.experiment().method(),
                entry.result().verdict().name(),
                entry.experiment().seeds(),
                entry.result().results().seeds(),
                entry.seconds(),
                entry.command(),
                entry.result().criteria().stream().map(Effect::of).toList(),
                entry.experiment().arms().stream()
                        .map(arm -> trained(entry, arm))
                        .toList());
    }

    private static Trained trained(Report.Entry entry, Arm arm) {
        List<TrainingResult> results = entry.result().results().seeds().stream()
                .map(seed -> entry.result().results().of(arm.name(), seed))
                .toList();
        return new Trained(
                arm.name(),
                results.stream().map(TrainingResult::key).toList(),
                results.stream().map(TrainingResult::accuracy).toList(),
                results.stream().map(TrainingResult::trainAccuracy).toList());
    }
}
