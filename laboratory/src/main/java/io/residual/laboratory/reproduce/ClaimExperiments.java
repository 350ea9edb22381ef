package io.residual.laboratory.reproduce;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.laboratory.claims.Claims;
import io.residual.laboratory.cli.LaboratoryOptions;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.reports.Laboratory.Chapter;
import io.residual.laboratory.reports.Laboratory.ExperimentPlan;
import io.residual.laboratory.reports.PublishedRun;
import io.residual.training.cli.ExitStatus;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Claims of the notes, put to the test. */
final class ClaimExperiments {
    private static final Path RUNS = Path.of("runs");

    private ClaimExperiments() {}

    /**
     * Tests claims, and writes their report.
     *
     * @param numbers of the claims; none for all
     * @param seeds of each, if not as many as the budget has
     */
    static ExitStatus run(List<Integer> numbers, Optional<Integer> seeds, LaboratoryOptions options, PrintWriter out) {
        seeds.ifPresent(number -> {
            if (number < 2) {
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        "--seeds: expected at least 2 for claims, whose intervals are over seeds, got " + number);
            }
        });
        ExperimentPlan plan = new ExperimentPlan(
                "The laboratory",
                options.budget().toString(),
                options.budget().limit(),
                choose(Claims.of(options.budget()), numbers).stream()
                        .map(experiment -> seeds.map(experiment::withSeeds).orElse(experiment))
                        .map(experiment -> Chapter.ofClaim(experiment, options.command(experiment, seeds)))
                        .toList(),
                numbers.isEmpty() ? PublishedRun.find(RUNS) : List.of());
        // A report on single claims does not replace the report on all.
        return options.run(plan, numbers.isEmpty() ? "laboratory" : name(numbers), out);
    }

    private static String name(List<Integer> numbers) {
        return "claim-"
                + String.join(
                        "-",
                        numbers.stream().sorted().map(n -> Integer.toString(n)).toList());
    }

    private static List<Experiment> choose(List<Experiment> all, List<Integer> numbers) {
        for (int number : numbers) {
            if (all.stream().noneMatch(experiment -> experiment.claim().number() == number)) {
                throw new ResidualException(
                        Kind.BAD_SETTING, "--claim: there is no claim " + number + ": choose from 1 to " + all.size());
            }
        }
        return numbers.isEmpty()
                ? all
                : all.stream()
                        .filter(experiment ->
                                numbers.contains(experiment.claim().number()))
                        .toList();
    }
}
