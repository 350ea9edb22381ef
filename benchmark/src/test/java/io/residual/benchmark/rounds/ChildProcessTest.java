package io.residual.benchmark.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.rounds.ChildProcess.ProcessFailure;
import io.residual.benchmark.rounds.Program.PythonProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the children are shell scripts")
class ChildProcessTest {
    private static final String ANSWER =
            "{\"iterationSeconds\":[0.5],\"logProbabilities\":[],\"losses\":[],\"parameters\":7,\"versions\":{\"V\":\"'$SETTING'\"}}";

    @TempDir
    Path folder;

    @Test
    void the_answer_is_the_last_line_of_json() throws IOException, ProcessFailure {
        Measurement answer = run("echo '{\"an\":\"earlier line\"}'; echo '" + ANSWER + "'; echo done", "mine");
        assertThat(answer.iterationSeconds()).containsExactly(0.5);
        assertThat(answer.versions()).containsEntry("V", "mine");
        assertThat(answer.peakResidentBytes()).isNull();
    }

    @Test
    void the_job_file_is_the_last_argument() throws IOException, ProcessFailure {
        Measurement answer =
                run("SETTING=$(grep -c '\"task\":\"INFER\"' \"$1\"); echo '" + ANSWER + "'", "overwritten");
        assertThat(answer.versions()).containsEntry("V", "1");
    }

    @Test
    void a_failure_is_reported_with_the_line_that_names_the_error() {
        assertThatExceptionOfType(ProcessFailure.class)
                .isThrownBy(() -> run(
                        "echo Traceback: >&2; echo \"ModuleNotFoundError: No module named 'torch'\" >&2; echo bye >&2;"
                                + " exit 3",
                        ""))
                .withMessage("exit status 3: ModuleNotFoundError: No module named 'torch'");
    }

    @Test
    void silence_is_a_failure_too() {
        assertThatExceptionOfType(ProcessFailure.class)
                .isThrownBy(() -> run("exit 0", ""))
                .withMessage("exit status 0: it wrote nothing");
    }

    @Test
    void a_missing_program_is_reported() {
        assertThatExceptionOfType(ProcessFailure.class)
                .isThrownBy(() -> new ChildProcess(folder, Duration.ofSeconds(9))
                        .run(new PythonProgram("v", "/nowhere/python3", "s"), Map.of(), job(), Measurement.class))
                .withMessageContaining("/nowhere/python3");
    }

    @Test
    void a_process_is_ended_at_its_timeout() throws IOException {
        Path script = Files.writeString(folder.resolve("script"), "exec sleep 60");
        assertThatExceptionOfType(ProcessFailure.class)
                .isThrownBy(() -> new ChildProcess(folder, Duration.ofSeconds(1))
                        .run(new PythonProgram("v", "/bin/sh", script.toString()), Map.of(), job(), Measurement.class))
                .withMessage("no result after 1 s: allow more time");
    }

    private Measurement run(String script, String setting) throws IOException, ProcessFailure {
        Path file = Files.writeString(folder.resolve("script"), script);
        return new ChildProcess(folder, Duration.ofSeconds(30))
                .run(
                        new PythonProgram("v", "/bin/sh", file.toString()),
                        Map.of("SETTING", setting),
                        job(),
                        Measurement.class);
    }

    private static Job job() {
        return new Job(
                Task.INFER,
                "v",
                Precision.F32,
                new Case(Model.RESNET_18, 28, 4, 8).spec(),
                4,
                "t",
                2,
                new MeasurementPlan(0, 1, 0, 1));
    }
}
