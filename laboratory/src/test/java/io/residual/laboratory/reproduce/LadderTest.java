package io.residual.laboratory.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.laboratory.reproduce.Ladder.Goal;
import io.residual.laboratory.reproduce.Ladder.Rung;
import io.residual.training.config.Preset;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.StrictJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LadderTest {
    @TempDir
    Path directory;

    @Tag("slow")
    @Test
    void each_training_is_a_command_whose_seconds_count_and_none_is_repeated() throws IOException {
        Ladder ladder = new Ladder(
                List.of(new Goal(Preset.named("quick"), new ExpectedAccuracy(2, 0.6, 1, false, "a test"))),
                directory,
                KernelChoice.AUTO);

        Rung rung = climb(ladder);
        Path time = directory.resolve("quick/seed-1-time.json");
        String measured = Files.readString(time);

        double seconds = StrictJson.read(measured, TimedTraining.Elapsed.class).seconds();
        assertThat(rung.verdict().passes()).isTrue();
        assertThat(rung.verdict().runs()).hasSize(1);
        assertThat(rung.verdict().seconds()).isEqualTo(seconds).isGreaterThan(1);
        // 15 epochs of 1,830 images, each with the multiply-adds of a narrow ResNet-18, of which a step has three
        // passes
        assertThat(rung.images()).isEqualTo(15 * 1830);
        assertThat(rung.operations()).isBetween(15 * 1830 * 10e6, 15 * 1830 * 30e6);
        assertThat(directory.resolve("quick/seed-1.log")).content().contains("epoch 15/15");
        assertThat(directory.resolve("ladder.svg")).content().contains("Test accuracy against seconds");
        assertThat(directory.resolve("ladder.md")).content().contains("| 0.6000 | `quick` | 1 |", "| 27,450 |", "PASS");
        assertThat(climb(ladder).verdict()).isEqualTo(rung.verdict());
        assertThat(time).content().isEqualTo(measured);

        Path spec = directory.resolve("quick/seed-1/spec.yaml");
        Files.writeString(spec, Files.readString(spec).replace("epochs: 15", "epochs: 16"));
        assertThatThrownBy(() -> climb(ladder))
                .isInstanceOf(ResidualException.class)
                .hasMessageContaining("seed-1: was trained with other settings than the preset has now: delete it");
    }

    @Tag("slow")
    @Test
    void an_interrupted_training_is_resumed_and_its_seconds_count() throws IOException {
        Path run = directory.resolve("seed-3");
        TimedTraining training =
                new TimedTraining("quick", 3, run, List.of("--epochs", "30", "--width", "32", "--device", "cpu"));
        Path time = directory.resolve("seed-3-time.json");

        assertThat(training.seconds(() -> Files.exists(run.resolve("metrics.jsonl"))))
                .isEmpty();
        TimedTraining.Elapsed first = StrictJson.read(Files.readString(time), TimedTraining.Elapsed.class);
        Optional<Double> all = training.seconds(() -> false);

        assertThat(first.complete()).isFalse();
        assertThat(first.seconds()).isGreaterThan(1);
        assertThat(all).hasValueSatisfying(seconds -> assertThat(seconds).isGreaterThan(first.seconds()));
        assertThat(RunDirectory.open(run).epochs()).hasSize(30);
        assertThat(StrictJson.read(Files.readString(time), TimedTraining.Elapsed.class))
                .isEqualTo(new TimedTraining.Elapsed(all.orElseThrow(), true));
    }

    @Test
    void a_training_of_unknown_duration_is_not_taken_for_a_measured_one() throws IOException {
        Path run = Files.createDirectory(directory.resolve("seed-1"));
        TimedTraining training = new TimedTraining("quick", 1, run, List.of());

        assertThatThrownBy(() -> training.seconds(() -> false))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith(run + ": how long this training took is not known")
                .hasMessageEndingWith("delete the directory to train again");

        Files.writeString(directory.resolve("seed-1-time.json"), "{\"seconds\": 1}");
        assertThatThrownBy(() -> training.seconds(() -> false))
                .isInstanceOf(ResidualException.class)
                .hasMessageContaining("seed-1-time.json: cannot be read (");
    }

    @Test
    void a_command_that_fails_names_its_output() {
        TimedTraining training = new TimedTraining("no-preset", 1, directory.resolve("seed-1"), List.of());

        assertThatThrownBy(() -> training.seconds(() -> false))
                .isInstanceOf(ResidualException.class)
                .hasMessageEndingWith("the training ended with exit code 2: see " + directory.resolve("seed-1.log"));
        assertThat(directory.resolve("seed-1.log")).content().contains("there is no preset \"no-preset\"");
    }

    private static Rung climb(Ladder ladder) {
        StringWriter text = new StringWriter();
        return ladder.climb(Optional.of(1), new PrintWriter(text)).orElseThrow().get(0);
    }
}
