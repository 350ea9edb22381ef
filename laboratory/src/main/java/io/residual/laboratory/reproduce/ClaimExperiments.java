package io.residual.laboratory.reproduce;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.laboratory.claims.Claims;
import io.residual.laboratory.cli.LaboratoryOptions;
import io.residual.laboratory.experiments.Experiment;
import io.residual.laboratory.reports.Laboratory.Programme;
import io.residual.laboratory.reports.PublishedRun;
import io.residual.laboratory.reports.Report;
import io.residual.laboratory.reports.ReportFiles;
import io.residual.training.cli.ExitStatus;
import io.residual.training.network.KernelChoice;
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
     * @return OK whatever the verdicts are, INTERRUPTED if a signal ended it
     */
    static ExitStatus run(List<Integer> numbers, LaboratoryOptions options, KernelChoice kernels, PrintWriter out) {
        List<Experiment> experiments = choose(Claims.of(options.budget()), numbers);
        Programme programme = new Programme(
                "The laboratory",
                options.budget().toString(),
                options.budget().limit(),
                experiments,
                experiment ->
                        "./residual reproduce --claim " + experiment.claim().number() + options.asTyped());
        Optional<Report> report = options.laboratory(kernels).conduct(programme, options.work(), out);
        if (report.isEmpty()) {
            out.println("Finished trainings are kept in " + options.directory() + ". Go on with the same command.");
            return ExitStatus.INTERRUPTED;
        }
        // Single claims are for looking closer: the report on all of them stays as it is.
        Report whole = numbers.isEmpty() ? report.get().withRuns(PublishedRun.find(RUNS)) : report.get();
        String name = numbers.isEmpty() ? "laboratory" : name(numbers);
        out.print(ReportFiles.write(whole, options.directory(), name));
        out.println("Report: " + options.directory().resolve(name + ".html"));
        options.document().ifPresent(file -> ReportFiles.writeDocument(whole, file));
        return ExitStatus.OK;
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
