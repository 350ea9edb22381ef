package io.residual.laboratory.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void a_report_of_nothing_is_undecided_and_no_failure() {
        assertThat(reproduce("--claim", "4", "--report-only", "--data", "sample", "--dir", directory.toString()))
                .isEqualTo(ExitStatus.OK.code());
        assertThat(out.toString())
                .contains("confirmed if distance of the two most similar batch norms", "UNDECIDED", "seeds 0 of 3");
        assertThat(directory.resolve("claim-4.html")).exists();
    }

    @Test
    void a_claim_that_is_none_is_a_usage_error() {
        assertThat(reproduce("--claim", "12")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString()).startsWith("error: --claim: there is no claim 12: choose from 1 to 9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "speedrun --all", "--all --claim 3"})
    void one_thing_is_reproduced_at_a_time(String arguments) {
        assertThat(reproduce(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1)))
                .isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString()).startsWith("error: name one of a preset, such as speedrun, --all, and --claim");
    }

    @Test
    void one_seed_of_a_claim_is_too_few() {
        assertThat(reproduce("--claim", "3", "--seeds", "1")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString()).startsWith("error: --seeds: expected at least 2 for claims");
    }

    @ParameterizedTest
    @ValueSource(strings = {"speedrun", "ladder"})
    void no_seed_of_a_preset_is_no_result(String name) {
        assertThat(reproduce(name, "--seeds", "0", "--runs", directory.toString()))
                .isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString().strip()).isEqualTo("error: --seeds: must be at least 1, got 0");
        assertThat(directory).isEmptyDirectory();
    }

    private int reproduce(String... arguments) {
        return CommandRunner.run(new Main(), new PrintWriter(out), new PrintWriter(errors), arguments);
    }
}
