package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.Preset;
import io.residual.training.config.Settings;
import io.residual.training.run.RunLog;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

class CommandRunnerTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    /** A command that resolves its preset, then ends in the way that a test wants. */
    @Command(
            name = "try",
            mixinStandardHelpOptions = true,
            versionProvider = ProjectVersion.class,
            modelTransformer = SettingOptions.class)
    private static final class Try implements Callable<Integer> {
        private final Callable<Integer> end;

        @Spec
        private CommandSpec command;

        @Option(names = "--run", description = "where to write")
        private @Nullable Path run;

        private @Nullable Preset preset;

        Try(Callable<Integer> end) {
            this.end = end;
        }

        @Override
        public Integer call() throws Exception {
            preset = SettingOptions.preset(command);
            return end.call();
        }
    }

    @Test
    void options_reach_the_spec() {
        Try command = new Try(() -> 0);

        int status = run(command, "--learning-rate=0.25", "--seed", "-5", "--run", "x", "--preset", "book-224");

        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(command.run).isEqualTo(Path.of("x"));
        assertThat(command.preset).isNotNull();
        assertThat(command.preset.name()).isEqualTo("book-224");
        assertThat(command.preset.spec().optimisation().learningRate()).isEqualTo(0.25);
        assertThat(command.preset.spec().seed()).isEqualTo(-5);
        assertThat(command.preset.spec().data().imageSize()).isEqualTo(224);
    }

    @Test
    void quick_is_the_preset_of_a_command_without_options() {
        Try command = new Try(() -> 0);

        run(command);

        assertThat(command.preset).isEqualTo(Preset.named("quick"));
    }

    @Test
    void the_status_of_the_command_is_the_status_of_the_process() {
        assertThat(run(new Try(ExitStatus.DIVERGED::code))).isEqualTo(5);
    }

    @Test
    void an_error_that_can_be_fixed_is_its_message_and_its_status() {
        int status = run(new Try(() -> {
            throw new ResidualException(Kind.BAD_DATA, "images.gz: cut short: fetch it again");
        }));

        assertThat(status).isEqualTo(3);
        assertThat(err).hasToString("error: images.gz: cut short: fetch it again\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void each_error_of_the_options_has_a_line() {
        int status = run(new Try(() -> 0), "--depth", "5", "--epochs", "", "--preset", "fast");

        assertThat(status).isEqualTo(2);
        assertThat(err)
                .hasToString("error: there is no preset \"fast\": choose one of "
                        + String.join(", ", Preset.builtIn()) + ", or a file"
                        + " that ends in .yaml\n"
                        + "error: --depth: expected a whole number from 8 to 2000, got \"5\"\n"
                        + "error: --epochs: expected a whole number from 1 to 10000, got \"\"\n");
    }

    @Test
    void an_option_that_does_not_exist_is_reported_with_a_near_one() {
        int status = run(new Try(() -> 0), "--epoch=3");

        assertThat(status).isEqualTo(2);
        assertThat(err).hasToString("""
            error: Unknown option: '--epoch=3'
            Possible solutions: --epochs
            Try 'try --help'.
            """);
    }

    @Test
    void an_option_without_a_value_or_given_twice_is_reported() {
        assertThat(run(new Try(() -> 0), "--epochs")).isEqualTo(2);
        assertThat(run(new Try(() -> 0), "--epochs", "3", "--epochs", "4")).isEqualTo(2);

        assertThat(err).hasToString("""
            error: Missing required parameter for option '--epochs' (EPOCHS)
            Try 'try --help'.
            error: option '--epochs' (EPOCHS) should be specified only once
            Try 'try --help'.
            """);
    }

    @Test
    void an_internal_error_is_one_line_and_its_stack_trace_is_in_the_log() throws IOException {
        Path log = directory.resolve("train.log");

        int status = run(new Try(() -> {
            RunLog.attach(log);
            throw new IllegalStateException("first line\nsecond line");
        }));

        assertThat(status).isEqualTo(1);
        assertThat(err)
                .hasToString("error: internal error: java.lang.IllegalStateException: first line; the stack trace is"
                        + " in " + log + "\n");
        assertThat(Files.readString(log))
                .contains("java.lang.IllegalStateException: first line\nsecond line")
                .contains("at io.residual.training.cli.CommandRunnerTest");
        assertThat(RunLog.file()).isEmpty();
    }

    @Test
    void before_there_is_a_log_the_stack_trace_is_printed_if_asked_for() {
        Try command = new Try(() -> {
            throw new IllegalStateException("early");
        });

        assertThat(run(command)).isEqualTo(1);
        assertThat(err)
                .hasToString("error: internal error: java.lang.IllegalStateException: early; repeat the command with"
                        + " --verbose for the stack trace, and report it\n");

        assertThat(run(command, "--verbose")).isEqualTo(1);
        assertThat(err.toString()).contains("\tat io.residual.training.cli.CommandRunnerTest");
    }

    @Test
    void a_file_that_fails_is_reported_without_names_of_java() {
        int status = run(new Try(() -> {
            throw new UncheckedIOException(new FileSystemException("a/b.png", null, "Input/output error"));
        }));

        assertThat(status).isEqualTo(4);
        assertThat(err).hasToString("error: a/b.png: Input/output error\n");
    }

    @Test
    void running_out_of_memory_is_reported_with_what_to_do() {
        String arrays = "): use a smaller --batch-size or --image-size, or free memory of the machine\n";
        assertShortage(
                new OutOfMemoryError("Cannot allocate new FloatPointer(9): totalBytes = 300M, physicalBytes = 1G"),
                "error: out of memory for arrays (Cannot allocate new FloatPointer(9): totalBytes = 300M,"
                        + " physicalBytes = 1G): use a smaller --batch-size or --image-size, or raise"
                        + " -Dorg.bytedeco.javacpp.maxbytes in config/java.options\n");
        assertShortage(
                new OutOfMemoryError("Physical memory usage is too high"),
                "error: out of memory for arrays (Physical memory usage is too high" + arrays);
        assertShortage(
                new IllegalStateException("fit", new RuntimeException("std::bad_alloc")),
                "error: out of memory for arrays (std::bad_alloc" + arrays);
        assertShortage(
                new OutOfMemoryError("Java heap space"),
                "error: out of heap memory (Java heap space): raise -Xmx in config/java.options, or with"
                        + " RESIDUAL_JAVA_OPTS=-Xmx4g\n");
    }

    private void assertShortage(Throwable shortage, String message) {
        err.getBuffer().setLength(0);

        int status = run(new Try(() -> {
            if (shortage instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) shortage;
        }));

        assertThat(status).isEqualTo(8);
        assertThat(err).hasToString(message);
    }

    @Test
    void an_empty_path_is_refused_and_a_tilde_is_the_home_directory() {
        String home = System.getProperty("user.home");
        Try command = new Try(() -> 0);

        assertThat(run(command, "--run=")).isEqualTo(2);
        assertThat(run(command, "--run", " ")).isEqualTo(2);
        assertThat(err).hasToString("""
            error: Invalid value for option '--run': the path is empty: give one, such as . for the current directory
            Try 'try --help'.
            """.repeat(2));

        assertThat(run(command, "--run=~/a b", "--data=images:~/pics")).isZero();
        assertThat(command.run).isEqualTo(Path.of(home, "a b"));
        assertThat(command.preset).isNotNull();
        assertThat(command.preset.spec().data().source()).hasToString("images:" + home + "/pics");
        run(command, "--run", "~");
        assertThat(command.run).isEqualTo(Path.of(home));
        run(command, "--run", "a~/~b");
        assertThat(command.run).isEqualTo(Path.of("a~/~b"));
    }

    @Test
    void names_from_files_reach_the_terminal_without_control_characters() {
        run(new Try(() -> {
            throw new ResidualException(Kind.BAD_DATA, "\u001b[31mcat\u0007\u009b2J\u202e: no\timage");
        }));

        assertThat(err).hasToString("error: \\u001b[31mcat\\u0007\\u009b2J\\u202e: no\timage\n");
        assertThat(Console.printable("größer 猫 \ud83d\ude00\r\n")).isEqualTo("größer 猫 \ud83d\ude00\r\n");
        assertThat(Console.printable("12 %\r99 %")).isEqualTo("12 %\\u000d99 %");
    }

    /** A command that prints a line. */
    @Command(name = "speak")
    private static final class Speak implements Callable<Integer> {
        @Spec
        private CommandSpec command;

        private boolean finished;

        @Override
        public Integer call() {
            for (int i = 0; i < 3; i++) {
                command.commandLine().getOut().println("words");
                Console.require(command.commandLine().getOut());
            }
            finished = true;
            return 0;
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void output_that_is_lost_is_an_error() throws IOException {
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            int status = CommandRunner.run(new Speak(), Console.of(full), Console.of(new PrintWriter(err)));

            assertThat(status).isEqualTo(4);
            assertThat(err)
                    .hasToString("error: standard output: cannot be written (No space left on device): what was printed"
                            + " is incomplete\n");
        }
    }

    @Test
    void a_reader_who_has_enough_ends_the_command_quietly() throws IOException {
        Speak command = new Speak();
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };

        assertThat(CommandRunner.run(command, Console.of(closed), Console.of(new PrintWriter(err))))
                .isEqualTo(141);
        assertThat(err.toString()).isEmpty();
        assertThat(command.finished).isFalse();
    }

    @Test
    void help_shows_the_range_and_the_default_of_settings() {
        int status = run(new Try(() -> 0), "--help");

        assertThat(status).isZero();
        assertThat(out.toString().replaceAll("\\s+", " "))
                .startsWith("Usage: try [OPTIONS] Network: --depth=DEPTH")
                .contains("--preset=NAME|FILE.yaml preset, which decides all settings that are not given as options: "
                        + String.join(", ", Preset.builtIn()) + ", or a YAML file (default: quick)")
                .contains("6n + 4 (wide) (from 8 to 2000; default: 18 in preset quick)")
                .contains("--start-from=none|FILE.safetensors")
                .contains("--batch-size=IMAGES images per forward and backward pass (from 1 to 65536; default: 64 in"
                        + " preset quick)")
                .contains(
                        "--learning-rate=RATE highest learning rate of the schedule (above 0, at most 10; default: 0.01"
                                + " in preset quick)")
                .contains("momentum of sgd, nesterov and muon (from 0 to 0.9999; default: 0)");
    }

    @Test
    void help_has_a_heading_for_each_topic_and_each_setting_stands_under_its_own() {
        run(new Try(() -> 0), "--help");

        List<String> lines = out.toString().lines().toList();
        assertThat(lines)
                .filteredOn(line -> line.matches("[A-Z][a-z]+:"))
                .containsExactly(
                        "Network:",
                        "Data:",
                        "Augmentation:",
                        "Schedule:",
                        "Optimiser:",
                        "Regularisation:",
                        "Classes:",
                        "Run:");
        String heading = "";
        Map<String, String> headings = new HashMap<>();
        for (String line : lines) {
            heading = line.matches("[A-Z][a-z]+:") ? line : heading;
            if (line.strip().matches("--?[a-zA-Z].*")) {
                headings.put(line.strip().replaceFirst("-., ", "").split("[= ]")[0], heading);
            }
        }
        assertThat(Settings.all())
                .allSatisfy(setting -> assertThat(headings.get(SettingOptions.option(setting)))
                        .isEqualToIgnoringCase(setting.topic() + ":"));
        assertThat(headings)
                .hasSize(Settings.all().size() + 5)
                .containsEntry("--preset", "Run:")
                .containsEntry("--run", "Run:")
                .containsEntry("--help", "Run:")
                .containsEntry("--verbose", "Run:")
                .containsEntry("--version", "Run:");
    }

    @Test
    void options_are_the_names_in_kebab_case() {
        assertThat(Settings.all())
                .extracting(SettingOptions::option)
                .contains("--depth", "--image-size", "--learning-rate", "--warmup-epochs", "--seed")
                .doesNotHaveDuplicates();
    }

    @Test
    void an_error_that_an_option_helps_against_names_it() {
        assertThat(run(new Try(() -> {
                    throw new ResidualException(Kind.DIVERGED, "the loss became NaN in epoch 2, iteration 12");
                })))
                .isEqualTo(5);
        assertThat(err)
                .hasToString("error: the loss became NaN in epoch 2, iteration 12: give a lower --learning-rate\n");
    }

    @Test
    void the_version_shows_the_build() {
        run(new Try(() -> 0), "--version");

        assertThat(out.toString())
                .matches("(?s)residual \\d+\\.\\d+.* \\(commit .+\\)\nDeeplearning4j 1\\.0\\.0-M2\\.1\nJava .+\n");
    }

    private int run(Object command, String... args) {
        return CommandRunner.run(command, new PrintWriter(out), new PrintWriter(err), args);
    }
}
