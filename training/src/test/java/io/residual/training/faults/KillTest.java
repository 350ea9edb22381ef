package io.residual.training.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.files.AtomicFile;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.training.faults.Child.Command;
import io.residual.training.loop.Position;
import io.residual.training.run.CheckpointStore.Stored;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills runs as {@code kill -9} does, and lets them go on. {@code -Dresidual.fault.rounds=10} kills ten times as often.
 */
@Tag("slow")
class KillTest {
    private static final int ROUNDS = Integer.getInteger("residual.fault.rounds", 1);
    private static final int EPOCHS = 12;
    private static final int KILLS = 20 * ROUNDS;
    private static final int KILLS_IN_A_SAVE = 6 * ROUNDS;

    @TempDir
    private static Path directory;

    private static Path whole;
    private static long startMillis;

    @BeforeAll
    static void one_run_that_nobody_kills() throws Exception {
        whole = directory.resolve("whole");
        long start = System.nanoTime();
        try (Child child = Child.start(Command.of(whole, EPOCHS))) {
            child.awaitTraining();
            startMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertThat(child.await()).as(child.output()).isZero();
        }
    }

    @Test
    void a_run_that_is_killed_at_random_points_ends_with_the_same_bytes() throws Exception {
        Random random = new Random(20_260_308);
        int kills = 0;
        int attempt = 0;
        boolean withinAnEpoch = false;
        while (kills < KILLS) {
            Path run = directory.resolve("killed-" + attempt++);
            Position before = Position.START;
            boolean over = false;
            while (!over) {
                // A checkpoint every 6 ms or so, several in an epoch, and the end of training within reach of the last
                // lives.
                try (Child child = Child.start(Command.of(run, EPOCHS, "--checkpoint-minutes", "0.0001"))) {
                    boolean kill = kills < KILLS;
                    if (kill) {
                        awaitAPointInTime(child, random);
                        over = !child.isAlive();
                        child.kill();
                        kills += over ? 0 : 1;
                    }
                    if (!kill || over) {
                        assertThat(child.await()).as(child.output()).isZero();
                        over = true;
                    }
                }
                Position now = assertNothingIsLost(run, before);
                withinAnEpoch |= now.steps() > 0;
                before = now;
            }
            Child.assertSame(run, whole);
        }
        assertThat(withinAnEpoch).as("some lives went on within an epoch").isTrue();
    }

    /** One life in six ends while it starts, the others while they train. */
    private static void awaitAPointInTime(Child child, Random random) throws InterruptedException {
        if (random.nextInt(6) == 0) {
            Thread.sleep(random.nextLong(startMillis));
        } else {
            child.awaitTraining();
            // Some 800 ms, and more where everything is slower.
            Thread.sleep(random.nextLong(startMillis / 3));
        }
    }

    @Test
    void a_run_that_is_killed_while_it_saves_ends_with_the_same_bytes() throws Exception {
        Path run = directory.resolve("saving");
        Command command = Command.of(run, EPOCHS, "--checkpoint-minutes", "0.000001");
        Random random = new Random(7);
        Position before = Position.START;
        int hits = 0;
        for (int life = 0; hits < KILLS_IN_A_SAVE; life++) {
            assertThat(life).as("lives for %d kills in a save", hits).isLessThan(4 * KILLS_IN_A_SAVE);
            try (Child child = Child.start(command)) {
                child.awaitTraining();
                int saves = random.nextInt(4);
                for (int i = 0; i <= saves; i++) {
                    child.awaitWhile(() -> !isSaving(run));
                    if (i < saves) {
                        child.awaitWhile(() -> isSaving(run));
                    }
                }
                child.kill();
            }
            hits += isSaving(run) ? 1 : 0;
            before = assertNothingIsLost(run, before);
        }

        try (Child child = Child.toItsEnd(Command.of(run, EPOCHS))) {
            assertThat(child.await()).as(child.output()).isZero();
        }
        assertThat(isSaving(run)).as("what the killed have left is deleted").isFalse();
        Child.assertSame(run, whole);
    }

    private static boolean isSaving(Path run) {
        try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
            return files.anyMatch(AtomicFile::isTemporary);
        } catch (IOException e) {
            return false;
        }
    }

    /** All that was there still loads, and the newest checkpoint is no older than before. */
    private static Position assertNothingIsLost(Path path, Position before) throws IOException {
        if (!RunDirectory.takeAt(path).isStarted()) {
            assertThat(before).isEqualTo(Position.START);
            return before;
        }
        RunDirectory run = RunDirectory.open(path);
        Position now = run.checkpoints(damage -> {})
                .newest()
                .map(Stored::state)
                .map(state -> state.position())
                .orElse(Position.START);
        assertThat(now.iterations()).isGreaterThanOrEqualTo(before.iterations());
        assertThat(run.epochs()).hasSizeGreaterThanOrEqualTo(now.epochs());
        if (now.epochs() > 0) {
            for (SavedModel checkpoint : SavedModel.values()) {
                assertThat(SafetensorsFile.read(run.modelFile(checkpoint)).names())
                        .isNotEmpty();
            }
        }
        return now;
    }
}
