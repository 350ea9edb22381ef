package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EpochMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    private static final LocalDateTime START = LocalDateTime.of(2026, 3, 9, 7, 5, 1);
    private static final TrainingSpec SPEC = Preset.named("quick").spec();
    private static final String DIGEST = "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b";
    private static final RunManifest MANIFEST = new RunManifest(
            1,
            "quick",
            -3,
            Instant.parse("2026-03-09T07:05:01Z"),
            List.of("--preset", "quick", "--data", "a \"b\""),
            DataOrigin.of("/data", 1, List.of("Coat", "Bag", "Sandal"), Map.of("z", DIGEST, "a", DIGEST)),
            new Backend("CPU", "org.nd4j.linalg.cpu.nativecpu.CpuBackend", 2, "stock Deeplearning4j"),
            new Versions("0.1.0", "8e09fff5df86", "1.0.0-M2.1", "17.0.1 Vendor", "Linux 6.1 amd64"));

    @TempDir
    Path directory;

    @Test
    void a_run_is_named_after_its_preset_and_start() {
        RunDirectory run = RunDirectory.createUnder(directory.resolve("deep/runs"), "book-96", START);

        assertThat(run.path())
                .isEqualTo(directory.resolve("deep/runs/book-96-20260309-070501"))
                .isDirectory();
        assertThat(run.modelFile(SavedModel.BEST)).isEqualTo(run.path().resolve("best.safetensors"));
        assertThat(run.logFile()).isEqualTo(run.path().resolve("train.log"));
    }

    @Test
    void runs_that_start_in_the_same_second_get_directories_of_their_own() {
        List<Path> paths = List.of(1, 2, 3).stream()
                .map(i -> RunDirectory.createUnder(directory, "quick", START).path())
                .toList();

        assertThat(paths)
                .extracting(p -> p.getFileName().toString())
                .containsExactly("quick-20260309-070501", "quick-20260309-070501-2", "quick-20260309-070501-3");
    }

    @Test
    void an_empty_directory_is_taken_and_one_with_files_is_not() throws IOException {
        Path mine = Files.createDirectory(directory.resolve("mine"));
        assertThat(RunDirectory.takeAt(mine).path()).isEqualTo(mine);

        Files.writeString(mine.resolve("spec.yaml"), "");
        Files.writeString(mine.resolve("notes.txt"), "");
        assertFault(
                () -> RunDirectory.takeAt(mine).start(SPEC, MANIFEST),
                mine
                        + ": the directory is not empty (it holds notes.txt), and a run never overwrites: give another"
                        + " run directory");
    }

    @Test
    void a_run_is_read_back_as_it_began() {
        RunDirectory run = RunDirectory.takeAt(directory.resolve("run"));
        run.start(SPEC, MANIFEST);
        EpochMetrics metrics = new EpochMetrics(1, 0.05, 0.9, 0.6, 0.7, 0.7, 310.5, 12.25);
        run.metrics().append(metrics);

        RunDirectory again = RunDirectory.open(directory.resolve("run"));
        assertThat(again.spec()).isEqualTo(SPEC);
        assertThat(again.manifest()).isEqualTo(MANIFEST);
        assertThat(again.epochs()).containsExactly(metrics);
    }

    @Test
    void the_manifest_is_json_that_people_can_read() throws IOException {
        RunDirectory run = RunDirectory.takeAt(directory.resolve("run"));
        run.start(SPEC, MANIFEST);

        assertThat(Files.readString(run.path().resolve("manifest.json")).replace("\r\n", "\n"))
                .isEqualTo("""
                    {
                      "format" : 1,
                      "preset" : "quick",
                      "seed" : -3,
                      "startedAt" : "2026-03-09T07:05:01Z",
                      "arguments" : [ "--preset", "quick", "--data", "a \\"b\\"" ],
                      "data" : {
                        "location" : "/data",
                        "channels" : 1,
                        "classes" : [ "Coat", "Bag", "Sandal" ],
                        "sha256" : {
                          "a" : "%s",
                          "z" : "%s"
                        }
                      },
                      "backend" : {
                        "name" : "CPU",
                        "type" : "org.nd4j.linalg.cpu.nativecpu.CpuBackend",
                        "threads" : 2,
                        "kernels" : "stock Deeplearning4j"
                      },
                      "versions" : {
                        "residual" : "0.1.0",
                        "commit" : "8e09fff5df86",
                        "deeplearning4j" : "1.0.0-M2.1",
                        "java" : "17.0.1 Vendor",
                        "os" : "Linux 6.1 amd64"
                      }
                    }
                    """.formatted(DIGEST, DIGEST));
        assertThat(Files.readString(run.path().resolve("spec.yaml")))
                .startsWith("# Resolved configuration: preset quick with command-line overrides\ndepth: 18\n");
    }

    @Test
    void a_manifest_tells_the_process_it_was_made_in() {
        RunManifest manifest = RunManifest.of(
                "quick",
                5,
                Instant.parse("2026-03-09T07:05:01.999Z"),
                List.of("-v"),
                Backend.current("some"),
                MANIFEST.data());

        assertThat(manifest.startedAt()).isEqualTo(MANIFEST.startedAt());
        assertThat(manifest.backend().type()).startsWith("org.nd4j.linalg.").endsWith("Backend");
        assertThat(manifest.backend().threads()).isBetween(1, 1024);
        assertThat(manifest.versions().residual()).matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(manifest.versions().deeplearning4j()).isEqualTo("1.0.0-M2.1");
        assertThat(manifest.versions().commit()).matches("[0-9a-f]{12,40}(-dirty)?|unknown");
        assertThat(manifest.versions().java())
                .startsWith(String.valueOf(Runtime.version().feature()));
    }

    @Test
    void what_is_no_run_directory_is_told_apart() throws IOException {
        Path missing = directory.resolve("none");
        Path file = Files.writeString(directory.resolve("file"), "");
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertFault(() -> RunDirectory.open(missing), missing + ": there is no such run directory");
        assertFault(() -> RunDirectory.open(file), file + ": not a directory");
        assertFault(() -> RunDirectory.open(empty), empty + ": not a run directory: it has no spec.yaml");
        RunDirectory run = began();
        Files.delete(run.path().resolve("manifest.json"));
        assertFault(() -> RunDirectory.open(run.path()), run + ": not a run directory: it has no manifest.json");
        assertFault(
                () -> run.existingModelFile(SavedModel.LAST),
                run + ": the run has no last.safetensors: it ended before its first epoch was over");
    }

    @Test
    void a_damaged_spec_or_manifest_is_told_with_its_file() throws IOException {
        RunDirectory run = began();
        Path manifest = run.path().resolve("manifest.json");
        String whole = Files.readString(manifest);

        Files.writeString(manifest, whole.replace("\"format\" : 1", "\"format\" : 2"));
        assertFault(
                () -> RunDirectory.open(run.path()),
                manifest + ": format 2 is not read, only format 1: use the program that wrote the run");
        Files.writeString(manifest, whole.replace("2026-03-09T", "yesterday "));
        assertFault(
                () -> RunDirectory.open(run.path()),
                manifest + ": expected a time such as 2026-01-31T23:59:59Z, got \"yesterday 07:05:01Z\"");
        Files.writeString(manifest, whole.replaceFirst(DIGEST, "5b41"));
        assertFault(
                () -> RunDirectory.open(run.path()), manifest + ": sha256 of a must be 64 hex digits, got \"5b41\"");
        Files.writeString(manifest, whole.substring(0, whole.length() / 2));
        assertThatThrownBy(() -> RunDirectory.open(run.path())).hasMessageStartingWith(manifest + ": Unexpected end");
        Files.writeString(manifest, "\"" + "x".repeat(1024 * 1024));
        assertFault(() -> RunDirectory.open(run.path()), manifest + ": larger than 1 MiB: this is no manifest");

        Path spec = run.path().resolve("spec.yaml");
        Files.writeString(spec, Files.readString(spec).replace("width: 16", "width: 0"));
        assertFault(
                () -> RunDirectory.open(run.path()),
                spec + ":4: width: expected a whole number from 1 to 512, got \"0\"");
    }

    @Test
    void a_place_that_cannot_be_written_is_one_line_before_training() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertFault(
                () -> RunDirectory.takeAt(file),
                file + ": cannot be written: " + file
                        + " exists and is not a directory: free space, or give another run" + " directory");
        assertThatThrownBy(() -> RunDirectory.createUnder(file.resolve("runs"), "quick", START))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith(file.resolve("runs") + ": cannot be written: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_place_without_write_permission_is_one_line() {
        assertThatThrownBy(() -> RunDirectory.createUnder(Path.of("/proc/runs"), "quick", START))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("/proc/runs: cannot be written: ")
                .hasMessageNotContaining("\n");
    }

    @Test
    void a_disk_with_too_little_room_is_told_with_both_sizes() {
        RunDirectory run = RunDirectory.takeAt(directory.resolve("run"));

        run.requireSpace(1);
        assertThatThrownBy(() -> run.requireSpace(4_000_000_000_000_000_000L))
                .isInstanceOf(ResidualException.class)
                .message()
                .matches("\\Q" + run
                        + "\\E: the run needs about 4,000,000,000,000 MB of disk, and [0-9,]+ MB are free: free"
                        + " space, or give another run directory");
    }

    private RunDirectory began() {
        RunDirectory run = RunDirectory.takeAt(directory.resolve("run"));
        run.start(SPEC, MANIFEST);
        return run;
    }

    private static void assertFault(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                .hasMessage(message);
    }
}
