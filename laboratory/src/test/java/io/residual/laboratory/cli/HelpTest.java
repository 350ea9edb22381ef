package io.residual.laboratory.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.laboratory.Main;
import io.residual.training.cli.CommandRunner;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    @ParameterizedTest
    @ValueSource(strings = {"gradients", "landscape"})
    void the_defaults_are_those_of_the_preset_that_the_command_starts_from(String command) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);

        assertThat(CommandRunner.run(new Main(), out, out, command, "--help")).isZero();

        assertThat(text.toString().replaceAll("\\s+", " "))
                .contains("default: 20 in preset resnet20")
                .doesNotContain("in preset quick");
    }
}
