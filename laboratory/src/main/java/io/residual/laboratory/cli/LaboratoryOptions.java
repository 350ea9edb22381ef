package io.residual.laboratory.cli;

import io.residual.laboratory.experiments.Budget;
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

    @Override
    public String asTyped() {
        return " --budget " + budget + super.asTyped();
    }
}
