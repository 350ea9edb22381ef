package io.residual.training.run;

import static io.residual.training.run.Decided.drop;
import static io.residual.training.run.Decided.keep;
import static io.residual.training.run.Decided.relabel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.data.ImageSet;
import io.residual.data.idx.IdxSource;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionFileTest {
    private static final ImageSet IMAGES = IdxSource.sample().wholeTraining().subset(0, 1, 2, 3);

    @TempDir
    private Path directory;

    @Test
    void a_line_that_a_crash_has_cut_does_not_count_and_is_removed_before_the_next() throws Exception {
        List<LabelDecision> three =
                List.of(keep(IMAGES, 0, "Zoë", 1), relabel(IMAGES, 1, "Bag", "Zoë", 2), drop(IMAGES, 2, "Zoë", 3));
        byte[] text = DecisionFile.text(three).getBytes(StandardCharsets.UTF_8);
        int two = DecisionFile.text(three.subList(0, 2)).getBytes(StandardCharsets.UTF_8).length;
        LabelDecision next = keep(IMAGES, 3, "Zoë", 4);

        for (int end = two; end <= text.length; end++) {
            Path file = Files.write(directory.resolve(end + ".jsonl"), Arrays.copyOf(text, end));
            // The line end alone may be cut: the object is complete.
            int complete = end >= text.length - 1 ? 3 : 2;

            assertThat(DecisionFile.read(file)).as("cut at %d", end).isEqualTo(three.subList(0, complete));
            try (DecisionFile opened = DecisionFile.open(file)) {
                opened.add(next);
            }
            assertThat(DecisionFile.read(file)).hasSize(complete + 1).endsWith(next);
            assertThat(Files.readString(file)).isEqualTo(DecisionFile.text(DecisionFile.read(file)));
        }
    }

    @Test
    void every_decision_that_was_added_survives_kill_9() throws Exception {
        Path file = directory.resolve("killed.jsonl");
        Process writer = start(file, ProcessBuilder.Redirect.INHERIT);
        int added = 0;
        try (BufferedReader out = writer.inputReader(StandardCharsets.UTF_8)) {
            while (added < 20) {
                added = Integer.parseInt(out.readLine());
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }

        assertThat(writer.exitValue()).isEqualTo(137);
        int survived = DecisionFile.read(file).size();
        assertThat(survived).isGreaterThanOrEqualTo(added);
        try (DecisionFile again = DecisionFile.open(file)) {
            assertThat(again.decisions()).hasSize(survived);
        }
    }

    /** Adds decisions until it is killed. */
    static final class Writer {
        public static void main(String[] args) {
            try (DecisionFile file = DecisionFile.open(Path.of(args[0]))) {
                for (int i = 1; i < 1_000_000; i++) {
                    file.add(keep(IMAGES, i % 4, "anna", i));
                    System.out.println(i);
                }
            }
        }
    }

    @Test
    void a_damaged_line_in_the_middle_is_an_error_with_its_number() throws Exception {
        String line = DecisionFile.text(List.of(drop(IMAGES, 2, "anna", 3)));
        Path file = directory.resolve("damaged.jsonl");

        Files.writeString(file, line + line.replace("\"anna\"", "\"\"") + line);
        assertThatThrownBy(() -> DecisionFile.read(file))
                .hasMessage(file + ":2: no decision on a label (reviewer: expected up to 64 letters, digits and spaces,"
                        + " got \"\"): correct or delete the line");
        Files.writeString(file, line + line.replace("DROP", "KEEP") + line);
        assertThatThrownBy(() -> DecisionFile.read(file))
                .hasMessageContaining(":2: no decision on a label (KEEP does not fit labels \"")
                .hasMessageContaining("\" before and \"\" after)");
        Files.writeString(file, "sha256,label\nabc,3\n");
        assertThatThrownBy(() -> DecisionFile.open(file)).hasMessageContaining(":1: no decision on a label");
        assertThat(Files.readString(file)).isEqualTo("sha256,label\nabc,3\n");
    }

    @Test
    void two_at_a_time_cannot_add_to_a_file() {
        Path file = directory.resolve("new/shared.jsonl");
        try (DecisionFile first = DecisionFile.open(file)) {
            assertThat(first.decisions()).isEmpty();
            assertThatThrownBy(() -> DecisionFile.open(file))
                    .hasMessage(file + ": another process adds decisions to this file: wait until it ends");
        }
        try (DecisionFile second = DecisionFile.open(file)) {
            assertThat(second.path()).isEqualTo(file);
        }
    }

    @Test
    void another_process_cannot_add_to_a_file_that_is_open_here() throws Exception {
        Path file = directory.resolve("shared.jsonl");
        try (DecisionFile here = DecisionFile.open(file)) {
            here.add(keep(IMAGES, 0, "anna", 1));
            assertThatThrownBy(() -> DecisionFile.open(file)).hasMessageContaining("another process adds decisions");

            Process other = start(file, ProcessBuilder.Redirect.PIPE);
            try (BufferedReader errors = other.errorReader(StandardCharsets.UTF_8)) {
                assertThat(other.waitFor(30, TimeUnit.SECONDS))
                        .as("it got the lock that is held here")
                        .isTrue();
                assertThat(errors.lines().toList())
                        .anyMatch(line -> line.endsWith(
                                file + ": another process adds decisions to this file: wait until it ends"));
            } finally {
                other.destroyForcibly().waitFor();
            }
        }
        assertThat(DecisionFile.read(file)).hasSize(1);
    }

    private static Process start(Path file, ProcessBuilder.Redirect errors) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        file.toString())
                .redirectError(errors)
                .start();
    }
}
