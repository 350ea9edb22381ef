package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.FileLock;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.training.TrainingResult.Outcome;
import io.residual.training.config.Preset;
import io.residual.training.run.CheckpointStore.Stored;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that end early and go on, of a very narrow network on the sample. */
@Tag("slow")
class ResumeTest {
    private static final Map<String, String> TINY =
            Map.of("width", "2", "epochs", "3", "batchSize", "128", "learningRate", "0.05", "seed", "11");

    @TempDir
    private static Path directory;

    private static RunDirectory whole;
    private static RunDirectory half;

    @BeforeAll
    static void one_run_in_one_go_and_one_that_stops_after_two_epochs_of_three() {
        whole = run("whole", Map.of(), OptionalInt.empty());
        half = run("half", Map.of(), OptionalInt.of(2));
        assertThat(half.epochs()).hasSize(2);
    }

    @Test
    void a_run_that_goes_on_ends_with_the_bytes_of_one_that_never_stopped() throws IOException {
        RunDirectory run = copyOfHalf("on");

        goOn("on");

        assertSameAsWhole(run);
    }

    @Test
    void a_run_that_is_complete_is_left_as_it_is() throws IOException {
        Map<String, byte[]> before = files(whole.path());

        goOn("whole");

        assertThat(files(whole.path())).containsExactlyInAnyOrderEntriesOf(before);
    }

    @Test
    void epochs_that_the_checkpoint_does_not_know_are_cut_from_the_metrics() throws IOException {
        RunDirectory run = copyOfHalf("ahead");
        Files.writeString(
                run.path().resolve("metrics.jsonl"),
                Files.readString(whole.path().resolve("metrics.jsonl")) + "{\"epoch\":4,\"learn");

        goOn("ahead");

        assertSameAsWhole(run);
    }

    @Test
    void a_newest_checkpoint_that_is_cut_or_corrupt_or_empty_gives_way_to_the_one_before() throws IOException {
        for (String fault : List.of("cut", "corrupt", "empty")) {
            RunDirectory run = copyOfHalf(fault);
            Path newest = checkpoints(run).get(0);
            byte[] bytes = Files.readAllBytes(newest);
            switch (fault) {
                case "cut" -> Files.write(newest, Arrays.copyOf(bytes, bytes.length / 2));
                case "corrupt" -> {
                    bytes[bytes.length - 1001] ^= 4;
                    Files.write(newest, bytes);
                }
                default -> Files.write(newest, new byte[0]);
            }

            goOn(fault);

            assertSameAsWhole(run);
            assertThat(newest).as("what is not whole is kept").exists();
            assertThat(Files.readString(run.logFile()))
                    .contains(newest + ": is corrupt or cut: it has ")
                    .contains("Resuming from the start of epoch 2");
        }
    }

    @Test
    void where_no_checkpoint_is_whole_nothing_is_trained_and_nothing_deleted() throws IOException {
        RunDirectory run = copyOfHalf("bad");
        for (Path checkpoint : checkpoints(run)) {
            Files.write(checkpoint, new byte[] {1, 2, 3});
        }
        Map<String, byte[]> before = files(run.path());

        assertFault(
                () -> goOn("bad"),
                Kind.BAD_RUN,
                run + "/checkpoints: none of the checkpoints is intact, the oldest: "
                        + checkpoints(run).get(2)
                        + ": is corrupt or cut: it has 3 bytes, and its SHA-256 is not the one in its name; nothing was"
                        + " deleted: restore a file, or train in another run directory");
        assertThat(files(run.path())).containsExactlyInAnyOrderEntriesOf(before);
    }

    @Test
    void results_without_any_checkpoint_are_not_trained_over() throws IOException {
        RunDirectory run = copyOfHalf("gone");
        for (Path checkpoint : checkpoints(run)) {
            Files.delete(checkpoint);
        }

        assertFault(
                () -> goOn("gone"),
                Kind.BAD_RUN,
                run + ": the run has results but no checkpoint to resume from: give another run directory");
    }

    @Test
    void other_settings_are_named_with_both_values() {
        assertFault(
                () -> run("half", Map.of("seed", "12", "epochs", "9"), OptionalInt.empty()),
                Kind.BAD_RUN,
                half
                        + ": holds a run with other settings: epochs was 3, is now 9; seed was 11, is now 12: resume it with"
                        + " its own settings, or give another run directory");
    }

    @Test
    void a_spec_that_was_changed_by_hand_does_not_fit_the_checkpoints() throws IOException {
        RunDirectory run = copyOfHalf("edited");
        Files.writeString(run.specFile(), Files.readString(run.specFile()).replace("seed: 11", "seed: 12"));

        assertThatThrownBy(() -> run("edited", Map.of("seed", "12"), OptionalInt.empty()))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith(run.path().resolve("checkpoints").toString())
                .hasMessageEndingWith(
                        ": the checkpoint is of another spec.yaml than the one in the run directory: was the file changed?");
    }

    @Test
    void a_second_run_in_a_directory_ends_at_once() throws IOException {
        RunDirectory run = copyOfHalf("locked");

        try (FileLock held = run.lock()) {
            assertThat(held).isNotNull();
            assertFault(
                    () -> goOn("locked"),
                    Kind.BAD_RUN,
                    run
                            + ": another process is training in this directory: wait for it, or give another run directory");
        }
        goOn("locked");
        assertSameAsWhole(run);
    }

    @Test
    void only_the_newest_three_checkpoints_and_the_best_are_kept() throws IOException {
        List<String> numbers = checkpoints(whole).stream()
                .map(file -> file.getFileName().toString().substring(0, 6))
                .toList();
        Stored newest = whole.checkpoints(damage -> {}).newest().orElseThrow();

        // The first is the one before the first step; an epoch that is not among the newest three can be no better.
        assertThat(numbers).containsExactly("000004", "000003", "000002");
        assertThat(newest.state().position().epochs()).isEqualTo(3);
        assertThat(newest.state().history()).isEqualTo(whole.epochs());
    }

    private void goOn(String name) {
        run(name, Map.of(), OptionalInt.empty());
    }

    private static RunDirectory run(String name, Map<String, String> changes, OptionalInt stopAfter) {
        Map<String, String> values = new HashMap<>(TINY);
        values.putAll(changes);
        Path path = directory.resolve(name);
        Preset preset = Preset.resolve("quick", values);
        Trainer trainer = Trainer.of(preset).directory(path);
        TrainingResult result = (stopAfter.isPresent() ? trainer.stopAfter(stopAfter.getAsInt()) : trainer)
                .train(RunDatasets.find(preset.spec().data()));
        assertThat(result.outcome()).isEqualTo(stopAfter.isPresent() ? Outcome.STOPPED_AFTER_EPOCH : Outcome.COMPLETED);
        return RunDirectory.open(path);
    }

    private static RunDirectory copyOfHalf(String name) throws IOException {
        Path target = directory.resolve(name);
        for (Map.Entry<String, byte[]> file : files(half.path()).entrySet()) {
            Path copy = target.resolve(file.getKey());
            Files.createDirectories(copy.getParent());
            Files.write(copy, file.getValue());
        }
        return RunDirectory.open(target);
    }

    /** All that a run keeps but its log, by path within it. */
    private static Map<String, byte[]> files(Path run) throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        try (Stream<Path> paths = Files.walk(run)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                if (!path.endsWith("train.log")) {
                    files.put(run.relativize(path).toString(), Files.readAllBytes(path));
                }
            }
        }
        return files;
    }

    private static List<Path> checkpoints(RunDirectory run) throws IOException {
        try (Stream<Path> files = Files.list(run.path().resolve("checkpoints"))) {
            return files.sorted(Comparator.reverseOrder()).toList();
        }
    }

    private static void assertSameAsWhole(RunDirectory run) throws IOException {
        assertThat(run.modelFile(SavedModel.LAST)).hasSameBinaryContentAs(whole.modelFile(SavedModel.LAST));
        assertThat(run.modelFile(SavedModel.BEST)).hasSameBinaryContentAs(whole.modelFile(SavedModel.BEST));
        assertThat(run.epochs())
                .usingRecursiveComparison()
                .ignoringFields("imagesPerSecond", "epochSeconds")
                .isEqualTo(whole.epochs());
        SafetensorsFile expected =
                whole.checkpoints(damage -> {}).newest().orElseThrow().arrays();
        SafetensorsFile actual =
                run.checkpoints(damage -> {}).newest().orElseThrow().arrays();
        assertThat(actual.names()).isEqualTo(expected.names());
        for (String name : expected.names()) {
            assertThat(actual.tensor(name).bytes())
                    .isEqualTo(expected.tensor(name).bytes());
        }
    }

    private static void assertFault(ThrowingCallable call, Kind status, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(status))
                .hasMessage(message);
    }
}
