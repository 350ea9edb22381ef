package io.residual.laboratory.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.laboratory.claims.Claims;
import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Experiment;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class LaboratoryOptionsTest {
    private static final Experiment EXPERIMENT = Claims.of(Budget.MINUTES).get(3);

    @Test
    void seeds_that_were_asked_for_are_trained_however_long_it_takes() {
        LaboratoryOptions options = parse("--seeds", "9");

        assertThat(options.withSeeds(EXPERIMENT).seeds()).isEqualTo(9);
        assertThat(limit(options)).isEqualTo(Budget.FULL.limit());
        assertThat(options.command(EXPERIMENT)).isEqualTo("./residual reproduce --claim 4 --seeds 9 --budget minutes");
    }

    @Test
    void otherwise_the_budget_has_seeds_and_a_limit() {
        LaboratoryOptions options = parse("--budget", "hours");

        assertThat(options.withSeeds(EXPERIMENT)).isEqualTo(EXPERIMENT);
        assertThat(limit(options)).isEqualTo(Budget.HOURS.limit());
        assertThat(options.command(EXPERIMENT)).isEqualTo("./residual reproduce --claim 4 --budget hours");
    }

    @Test
    void one_seed_has_no_interval() {
        LaboratoryOptions options = parse("--seeds", "1");

        assertThatThrownBy(() -> options.withSeeds(EXPERIMENT))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("--seeds: expected at least 2 for claims");
    }

    private static Duration limit(LaboratoryOptions options) {
        return options.plan("", List.of(), List.of()).limit();
    }

    private static LaboratoryOptions parse(String... arguments) {
        return CommandLine.populateCommand(new LaboratoryOptions(), arguments);
    }
}
