package io.residual.training.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.residual.training.cli.ExitStatus;
import io.residual.training.faults.Child.Command;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose disk takes no more. */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
class DiskFullTest {
    private static final int EPOCHS = 4;

    @TempDir
    private static Path directory;

    private static Path whole;

    @BeforeAll
    static void one_run_with_room() throws Exception {
        whole = directory.resolve("whole");
        assertThat(Child.toItsEnd(Command.of(whole, EPOCHS)).await()).isZero();
    }

    /** A limit of the size of a file needs no rights, and fails a write halfway through a file. */
    @Test
    void a_write_that_fails_halfway_ends_the_run_in_a_line_and_leaves_models_that_load() throws Exception {
        Path run = directory.resolve("limited");
        assertThat(Child.toItsEnd(Command.of(run, EPOCHS, "--stop-after", "2")).await())
                .isZero();
        List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -f \"$0\" && exec \"$@\""));
        // Blocks of 512 bytes: room for all but models and checkpoints, which have about 50,000 bytes.
        limited.add("80");
        limited.addAll(Command.of(run, EPOCHS).line());

        try (Child child = Child.start(limited, run)) {
            assertThat(child.await()).as(child.output()).isEqualTo(ExitStatus.RUN.code());
            assertThat(errors(child))
                    .containsExactly(
                            "error: " + run + "/last.safetensors: cannot be written: File too large: free space,"
                                    + " or give another run directory");
        }

        assertModelsLoad(run);
        assertThat(Child.toItsEnd(Command.of(run, EPOCHS)).await()).isZero();
        Child.assertSame(run, whole);
    }

    /** In a mount namespace of its own, which most systems let everyone have. */
    @Test
    void a_full_disk_ends_the_run_in_a_line_and_leaves_models_that_load() throws Exception {
        assumeTrue(run("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"), "mounting is not permitted here");
        Path mount = Files.createDirectory(directory.resolve("mount"));
        Path kept = directory.resolve("kept");
        Path script = directory.resolve("full.sh");
        Files.writeString(script, """
                set -e
                mount -t tmpfs -o size=20m none "$1"
                run=$1/run
                ballast=$1/ballast
                kept=$2
                shift 2
                "$@" --stop-after 2
                head -c 100000000 /dev/zero >"$ballast" 2>/dev/null || true
                truncate -s -40960 "$ballast"
                status=0
                "$@" || status=$?
                echo "ended with $status"
                cp -r "$run" "$kept"
                """);
        List<String> line =
                new ArrayList<>(List.of("unshare", "-rm", "sh", script.toString(), mount.toString(), kept.toString()));
        line.addAll(Command.of(mount.resolve("run"), EPOCHS).line());

        try (Child child = Child.start(line, kept)) {
            assertThat(child.await()).as(child.output()).isZero();
            assertThat(child.output()).contains("ended with " + ExitStatus.RUN.code());
            assertThat(errors(child))
                    .singleElement()
                    .asString()
                    .startsWith("error: " + mount)
                    .endsWith(
                            ": cannot be written: No space left on device: free space, or give another run directory");
        }

        assertModelsLoad(kept);
        assertThat(Child.toItsEnd(Command.of(kept, EPOCHS)).await()).isZero();
        Child.assertSame(kept, whole);
    }

    private static List<String> errors(Child child) {
        return child.output()
                .lines()
                .filter(line -> line.contains("rror") || line.contains("xception") || line.startsWith("\tat "))
                .toList();
    }

    private static void assertModelsLoad(Path path) {
        RunDirectory run = RunDirectory.open(path);
        for (SavedModel checkpoint : SavedModel.values()) {
            assertThat(ModelFiles.load(run, checkpoint, ComputeKernels.STOCK)
                            .graph()
                            .params()
                            .sumNumber()
                            .doubleValue())
                    .isNotZero();
        }
        assertThat(run.epochs()).hasSize(2);
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
