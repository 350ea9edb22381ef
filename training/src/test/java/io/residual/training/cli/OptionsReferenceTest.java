package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.config.Setting;
import io.residual.training.config.Setting.Topic;
import io.residual.training.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** docs/reference.md lists the options of {@code train} as the code has them; {@code -Dresidual.update=true} rewrites them. */
class OptionsReferenceTest {
    private static final Path REFERENCE = Path.of("../docs/reference.md");
    private static final String START = "<!-- options of train -->\n";
    private static final String END = "<!-- end -->\n";

    @Test
    void the_reference_lists_all_options_with_their_defaults() throws IOException {
        String page = Files.readString(REFERENCE);
        int from = page.indexOf(START) + START.length();
        int to = page.indexOf(END, from);
        assertThat(from).isGreaterThan(START.length());
        assertThat(to).isGreaterThanOrEqualTo(from);
        String options = markdown();
        if (Boolean.getBoolean("residual.update")) {
            Files.writeString(REFERENCE, page.substring(0, from) + options + page.substring(to));
            return;
        }
        assertThat(page.substring(from, to))
                .as("docs/reference.md is generated: run this test with -Dresidual.update=true")
                .isEqualTo(options);
    }

    private static String markdown() {
        Map<String, Topic> topics =
                Settings.all().stream().collect(Collectors.toMap(SettingOptions::option, Setting::topic));
        List<OptionSpec> options = new CommandLine(new Main())
                .getCommandSpec().options().stream()
                        .filter(option -> !option.usageHelp() && !option.versionHelp())
                        .sorted(Comparator.comparing(
                                option -> !option.longestName().equals("--preset")))
                        .toList();
        return Arrays.stream(Topic.values())
                .map(topic -> section(
                        topic,
                        options.stream()
                                .filter(option -> topics.getOrDefault(option.longestName(), Topic.RUN) == topic)
                                .toList()))
                .collect(Collectors.joining("", "", "\n"));
    }

    private static String section(Topic topic, List<OptionSpec> options) {
        String title = topic.name().charAt(0) + topic.name().substring(1).toLowerCase(Locale.ROOT);
        return "\n### " + title + "\n\n| option | meaning |\n|---|---|\n"
                + options.stream().map(OptionsReferenceTest::row).collect(Collectors.joining());
    }

    private static String row(OptionSpec option) {
        String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
        return "| `" + cell(option.longestName() + value) + "` | " + cell(String.join(" ", option.description()))
                + " |\n";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
