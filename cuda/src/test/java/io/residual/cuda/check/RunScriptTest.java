package io.residual.cuda.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script that runs the parts of the check, with a shell script in place of Java. */
@EnabledOnOs(OS.LINUX)
class RunScriptTest {
    private static final String JAVA = """
        #!/bin/sh
        for last; do :; done
        case $last in
          */cache) echo 'FAIL kernel' ;;
          resume) exit 4 ;;
          speed:*) exit 3 ;;
          speed) exec sleep 60 ;;
        esac
        echo "called with $*"
        """;

    @TempDir
    private Path folder;

    private Path results;

    private record Run(int status, String output) {}

    @BeforeEach
    void pack() throws IOException {
        results = folder.resolve("results");
        Path home = Files.createDirectories(folder.resolve("check"));
        Files.copy(Path.of("src/check/run.sh"), home.resolve("run.sh"));
        Files.writeString(home.resolve("commit.txt"), "v1-2-gabc\n");
        Path java = Files.createDirectories(home.resolve("runtime/bin")).resolve("java");
        Files.writeString(java, JAVA);
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", "check/run.sh"));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("OUT", results.toString());
        builder.environment().put("PYTHON", "/bin/false");
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(output));
    }

    @Test
    void a_part_that_fails_or_takes_too_long_does_not_stop_the_others() throws Exception {
        Run run = run("probe", "resume", "speed=1", "operations+fixtures", "speed:book-28:f32:1");

        assertThat(run.status()).isEqualTo(1);
        String report = Files.readString(results.resolve("run.json"));
        assertThat(report).contains("\"commit\": \"v1-2-gabc\"");
        assertThat(Pattern.compile("\"part\": \"(.*?)\", \"result\": \"(.*?)\"")
                        .matcher(report)
                        .results()
                        .map(RunScriptTest::words))
                .containsExactly(
                        "probe failed",
                        "resume failed",
                        "speed too long",
                        "operations+fixtures passed",
                        "speed:book-28:f32:1 impossible");
        assertThat(results.resolve("speed_book-28_f32_1.log")).exists();
    }

    private static String words(MatchResult match) {
        return match.group(1) + " " + match.group(2);
    }

    @Test
    void the_check_is_called_with_its_parts_and_told_where_its_files_are() throws Exception {
        Run run = run("operations+fixtures=20");

        assertThat(run.status()).isZero();
        assertThat(Files.readString(results.resolve("operations+fixtures.log")))
                .contains("-Dcheck.home=" + folder.resolve("check").toRealPath() + " -Dcheck.out=" + results)
                .endsWith("io.residual.training.device.check.DeviceCheck operations fixtures\n");
        assertThat(run.output()).contains("== operations+fixtures (at most 20 s)");
    }

    @Test
    void all_parts_together_take_less_than_six_minutes() throws Exception {
        Run run = run("--help");

        Map<String, Integer> helped = seconds("(?m)^  ([a-z]+) +(\\d+)   ", run.output());
        assertThat(helped)
                .isEqualTo(seconds("\\[([a-z]+)]=(\\d+)", Files.readString(folder.resolve("check/run.sh"))))
                .hasSize(8);
        assertThat(helped.values().stream().mapToInt(limit -> limit).sum() - helped.get("profile"))
                .isLessThan(360);
    }

    /** By the names of parts. */
    private static Map<String, Integer> seconds(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .collect(Collectors.toMap(match -> match.group(1), match -> Integer.parseInt(match.group(2))));
    }

    @Test
    void an_unknown_part_is_refused_before_any_runs() throws Exception {
        Run run = run("probe", "sped");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.output())
                .isEqualTo("run.sh: unknown part 'sped': expected some of"
                        + " probe operations fixtures resume speed accuracy pytorch profile\n");
        assertThat(results).doesNotExist();
    }

    @Test
    void help_lists_the_parts_with_their_limits() throws Exception {
        Run run = run("--help");

        assertThat(run.status()).isZero();
        assertThat(run.output())
                .startsWith("Checks this machine's GPU.")
                .contains(
                        "  accuracy    90   trainings with seconds and test accuracy, or accuracy:CASE:FORMAT:SEEDS\n")
                .endsWith("JAVA_OPTIONS.\n");
    }
}
