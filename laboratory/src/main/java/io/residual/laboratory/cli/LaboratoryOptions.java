package io.residual.laboratory.cli;

import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Experiment;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of commands whose experiments have a budget. */
public final class LaboratoryOptions extends ReportOptions {
    @Option(
            names = "--budget",
            paramLabel = "minutes|hours|full",
            defaultValue = "minutes",
            description = "how many images, epochs and seeds the experiments have (default: ${DEFAULT-VALUE})")
    private Budget budget = Budget.MINUTES;

    public Budget budget() {
        return budget;
    }

    /**
     * The command that tests a claim.
     *
     * @param seeds if not as many as the budget has
     */
    public String command(Experiment experiment, Optional<Integer> seeds) {
        return "./residual reproduce --claim " + experiment.claim().number()
                + seeds.map(number -> " --seeds " + number).orElse("") + asTyped();
    }

    @Override
    public String asTyped() {
        return " --budget " + budget + super.asTyped();
    }
}
