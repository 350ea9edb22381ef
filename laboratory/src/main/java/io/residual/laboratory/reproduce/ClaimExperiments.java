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

/** Claims of the notes, put to the test. */
final class ClaimExperiments {
    private static final Path RUNS = Path.of("runs");

    private ClaimExperiments() {}

    /**
     * Tests claims, and writes their report.
     *
     * @param numbers of the claims; none for all
     */
    static ExitStatus run(List<Integer> numbers, LaboratoryOptions options, PrintWriter out) {
        ExperimentPlan plan = options.plan(
                "The laboratory",
                choose(Claims.of(options.budget()), numbers).stream()
                        .map(options::withSeeds)
                        .map(experiment -> Chapter.ofClaim(experiment, options.command(experiment)))
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
