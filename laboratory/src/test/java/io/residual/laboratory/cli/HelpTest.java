package io.residual.laboratory.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.laboratory.Main;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.Doctor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** {@code --help} of all commands on which the laboratory builds, and its own. */
class HelpTest {
    private static final int FEW = 2;

    static Stream<CommandLine> commands() {
        CommandLine laboratory = new CommandLine(new Main());
        return Stream.concat(
                Stream.of(
                                new io.residual.training.cli.Main(),
                                new Doctor(),
                                new io.residual.evaluation.Main(),
                                new io.residual.evaluation.labels.Main(),
                                new io.residual.evaluation.predict.Main(),
                                new io.residual.evaluation.serve.Main(),
                                new io.residual.evaluation.export.Main(),
                                new io.residual.laboratory.reproduce.Main())
                        .map(CommandLine::new),
                laboratory.getSubcommands().values().stream());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void an_option_shows_its_default_and_what_is_wanted_and_stands_under_a_heading(CommandLine command) {
        List<OptionSpec> options = command.getCommandSpec().options();
        assertThat(options)
                .filteredOn(option -> !isHelp(option) && !option.required())
                .allSatisfy(option -> {
                    assertThat(String.join(" ", option.description())).contains("default: ");
                    if (option.arity().max() > 0) {
                        assertThat(option.paramLabel())
                                .hasSizeGreaterThan(1)
                                .isNotEqualToIgnoringCase("value")
                                .isNotEqualTo("<" + option.longestName().substring(2) + ">");
                    }
                });
        String help = command.getUsageMessage();
        List<String> lines = help.lines().toList();
        int heading = lines.indexOf(lines.stream()
                .filter(line -> line.matches("[A-Z][a-z ]+:"))
                .findFirst()
                .orElse(""));
        int first = lines.indexOf(lines.stream()
                .filter(line -> line.matches("(  -., |      )--[a-z].*"))
                .findFirst()
                .orElseThrow());
        if (options.size() > FEW) {
            assertThat(heading).as(help).isBetween(0, first - 1);
        }
        assertThat(help.toLowerCase(Locale.ROOT)).doesNotContain("(default: null)");
    }

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

    private static boolean isHelp(OptionSpec option) {
        return option.usageHelp() || option.versionHelp();
    }
}
