package io.residual.training.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.faults.Child.Command;
import io.residual.training.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a cross-validation as {@code kill -9} does, and lets it resume. */
@Tag("slow")
class FoldKillTest {
    private static final int EPOCHS = 6;

    @TempDir
    private Path directory;

    @Test
    void folds_that_are_killed_in_the_second_resume_there_and_end_with_the_same_bytes() throws Exception {
        Path whole = directory.resolve("whole");
        Path killed = directory.resolve("killed");
        try (Child child = Child.toItsEnd(Command.of(whole, EPOCHS, "--folds", "2"))) {
            assertThat(child.await()).as(child.output()).isZero();
        }
        Command command = Command.of(killed, EPOCHS, "--folds", "2");
        Path secondFold = killed.resolve("fold-2/metrics.jsonl");
        try (Child child = Child.start(command)) {
            child.awaitWhile(() -> !Files.exists(secondFold));
            child.kill();
        }
        FileTime first = Files.getLastModifiedTime(killed.resolve("fold-1/last.safetensors"));
        assertThat(killed.resolve("manifest.json")).doesNotExist();

        try (Child child = Child.toItsEnd(command)) {
            assertThat(child.await()).as(child.output()).isZero();
            assertThat(child.output())
                    .contains("Fold 1 of 2 is finished already")
                    .contains("Fold 2 of 2\n");
        }
        assertThat(Files.getLastModifiedTime(killed.resolve("fold-1/last.safetensors")))
                .isEqualTo(first);
        for (String file : new String[] {"out-of-fold.jsonl", "summary.json", "fold-2/last.safetensors"}) {
            assertThat(killed.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
        }
        assertThat(RunDirectory.open(killed).members()).hasSize(2);
    }
}
