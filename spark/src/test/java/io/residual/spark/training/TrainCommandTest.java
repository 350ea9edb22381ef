package io.residual.spark.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainCommandTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int train(String master, String... options) {
        String[] arguments = Stream.concat(
                        Stream.of(
                                "--spark",
                                master,
                                "--run",
                                directory.resolve("run").toString()),
                        Stream.of(options))
                .toArray(String[]::new);
        return CommandRunner.run(new TrainCommand(), new PrintWriter(out), new PrintWriter(err), arguments);
    }

    @ParameterizedTest
    @CsvSource({
        "--device=cpu --dry-run, '--device, --dry-run: of one machine: leave out either that or --spark'",
        "--batch-size=auto, --batch-size auto: of one machine: leave out either that or --spark",
        "--workers=0, '--workers: expected a number of at least 1, got 0'",
        "--average-every=-1, '--average-every: expected a number of at least 1, got -1'"
    })
    void what_has_no_use_on_a_cluster_is_refused_before_one_is_looked_for(String options, String message) {
        assertThat(train("spark://127.0.0.1:1", options.split(" ", -1))).isEqualTo(ExitStatus.USAGE.code());

        assertThat(err).hasToString("error: " + message + System.lineSeparator());
        assertThat(directory.resolve("run")).doesNotExist();
    }

    @Test
    void a_cluster_that_is_not_there_is_one_line_and_no_run() {
        assertThat(train("spark://127.0.0.1:1")).isEqualTo(ExitStatus.ADDRESS.code());

        assertThat(err.toString())
                .hasLineCount(1)
                .startsWith("error: the master spark://127.0.0.1:1 cannot be reached");
        assertThat(directory.resolve("run")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void a_run_on_two_executors_is_saved_as_on_one_machine_and_resumed_by_the_command_that_is_printed()
            throws Exception {
        int status = train(
                "local-cluster[2,1,1024]",
                "--spark-conf=spark.eventLog.enabled=false",
                "--width=2",
                "--epochs=2",
                "--stop-after=1",
                "--batch-size=256",
                "--learning-rate=0.05");

        assertThat(status).as(err.toString()).isEqualTo(ExitStatus.OK.code());
        Path run = directory.resolve("run");
        assertThat(run.resolve("best.safetensors")).isNotEmptyFile();
        assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(1);
        assertThat(Files.readString(run.resolve("manifest.json"))).contains("2 workers of Spark, synchronous");
        assertThat(out.toString())
                .contains("Resume with: ./residual train --spark 'local-cluster[2,1,1024]' --spark-conf"
                        + " spark.eventLog.enabled=false --workers 2 --resume --run " + run);

        status = train(
                "local-cluster[2,1,1024]",
                "--spark-conf",
                "spark.eventLog.enabled=false",
                "--workers",
                "2",
                "--resume");

        assertThat(status).as(err.toString()).isEqualTo(ExitStatus.OK.code());
        assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(2);
    }
}
