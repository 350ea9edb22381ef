package io.residual.laboratory.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.ResidualException;
import io.residual.laboratory.reproduce.PresetVerdict.EvaluatedRun;
import io.residual.training.Trainer;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.config.Preset;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproductionTest {
    private static final ExpectedAccuracy NARROW = new ExpectedAccuracy(3, 0.90, 0.91, false, "a paper");

    @TempDir
    Path directory;

    @Tag("slow")
    @Test
    void each_seed_asked_for_is_trained_once_and_evaluated_on_the_test_images() throws IOException {
        Preset preset = Preset.resolve("quick", Map.of("width", "4", "epochs", "1", "seed", "5"));
        ExpectedAccuracy band = new ExpectedAccuracy(3, 0.05, 1, false, "chance is 0.1");

        PresetVerdict first = reproduce(preset, band, 2);
        long written = modified("seed-6/last.safetensors");
        PresetVerdict second = reproduce(preset, band, 2);

        assertThat(first.passes()).isTrue();
        assertThat(first.runs()).extracting(EvaluatedRun::seed).containsExactly(5L, 6L);
        assertThat(first.runs()).extracting(EvaluatedRun::images).containsOnly(500L);
        assertThat(first.runs().get(0).accuracy())
                .isNotEqualTo(first.runs().get(1).accuracy());
        assertThat(second).isEqualTo(first);
        assertThat(modified("seed-6/last.safetensors")).isEqualTo(written);
        assertThat(Files.readString(directory.resolve("summary.json"))).contains("\"meanAccuracy\"", "\"seed\" : 6");
    }

    @Test
    void a_mean_outside_the_band_fails_whatever_single_seeds_do() {
        PresetVerdict low = verdict(0.90, 0.905, 0.88);
        PresetVerdict high = verdict(0.90, 0.905, 0.95);
        PresetVerdict right = verdict(0.87, 0.95, 0.895);

        assertThat(low.passes()).isFalse();
        assertThat(high.passes()).isFalse();
        assertThat(right.mean()).isCloseTo(0.905, within(1e-12));
        assertThat(right.passes()).isTrue();
    }

    @Test
    void the_evidence_stands_above_the_verdict() {
        assertThat(verdict(0.87, 0.95, 0.895).toText().lines())
                .containsExactly(
                        "seed 7: test accuracy 0.8700 (400 images), 3 epochs in 20.0 s, runs/seed-7",
                        "seed 8: test accuracy 0.9500 (400 images), 3 epochs in 21.0 s, runs/seed-8",
                        "seed 9: test accuracy 0.8950 (400 images), 3 epochs in 22.0 s, runs/seed-9",
                        "mean 0.9050, standard deviation 0.0409, mean time 21.0 s",
                        "95 % interval of the mean 0.8033 to 1.0067",
                        "band 0.9000 to 0.9100: a paper",
                        "PASS preset: mean test accuracy 0.9050 of 3 seeds");
        assertThat(verdict(0.5).toText())
                .contains("standard deviation n/a")
                .endsWith(String.format(
                        "FAIL preset: mean test accuracy 0.5000 of 1 seed, of 3 that the published result asks for%n"));
    }

    @Test
    void every_preset_of_the_full_data_has_a_band() {
        assertThat(Preset.builtIn())
                .filteredOn(name -> !name.equals("quick"))
                .allSatisfy(name -> assertThat(
                                ExpectedAccuracy.of(Preset.named(name)).min())
                        .isBetween(0.8, 0.97));
        assertThatThrownBy(() -> ExpectedAccuracy.of(Preset.named("quick")))
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith("preset quick has no published result to compare with");
    }

    @Test
    void a_preset_without_a_band_is_a_usage_error() {
        StringWriter errors = new StringWriter();
        PrintWriter out = new PrintWriter(errors);

        assertThat(CommandRunner.run(new Main(), out, out, "quick")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString()).startsWith("error: preset quick has no published result");
    }

    private PresetVerdict reproduce(Preset preset, ExpectedAccuracy band, int seeds) {
        List<EvaluatedRun> runs =
                Reproduction.of(Trainer.of(preset), seeds, directory).orElseThrow();
        return new PresetVerdict(preset.name(), band, runs);
    }

    private long modified(String file) throws IOException {
        return Files.getLastModifiedTime(directory.resolve(file)).toMillis();
    }

    private static PresetVerdict verdict(double... accuracies) {
        List<EvaluatedRun> runs = IntStream.range(0, accuracies.length)
                .mapToObj(i -> new EvaluatedRun(7 + i, "runs/seed-" + (7 + i), accuracies[i], 400, 3, 20 + i))
                .toList();
        return new PresetVerdict("preset", NARROW, runs);
    }
}
