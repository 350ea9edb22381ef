package io.residual.training.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.training.config.Preset;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against PyTorch 1.13's schedulers; {@code generate_schedules.py} beside their rates tells their settings. */
class LearningRateTest {
    private static final long BATCHES = 7;
    private static final Map<String, String> RECIPE = Map.of(
            "epochs", "9", "learningRate", "0.4", "lowestRate", "0.003", "restartEpochs", "2", "stepEpochs", "4");

    @ParameterizedTest
    @CsvSource({
        "step, schedule=step decay=0.3",
        "multi-step, schedule=multi-step milestones=3;7 decay=0.2",
        "cosine, schedule=cosine",
        "one-cycle-cosine, schedule=one-cycle",
        "one-cycle-linear, schedule=one-cycle anneal=linear",
        "restarts, schedule=restarts",
        "warm-cosine, schedule=cosine warmupEpochs=2",
        "warm-step, schedule=step decay=0.3 warmupEpochs=2"
    })
    void every_rate_of_a_schedule_is_pytorch_s(String golden, String settings) throws IOException {
        double[] expected = golden(golden);
        LearningRate rate = rate(settings);

        assertThat(expected).hasSize(63);
        for (int update = 0; update < expected.length; update++) {
            assertThat(rate.at(update)).as("update " + update).isCloseTo(expected[update], within(1e-14));
        }
    }

    @Test
    void a_range_test_s_rates_are_those_of_pytorch_backwards() throws IOException {
        double[] expected = golden("exponential");
        LearningRate rate = LearningRate.exponential(0.003, 0.4, expected.length);

        for (int update = 0; update < expected.length; update++) {
            assertThat(rate.at(update)).isCloseTo(expected[expected.length - 1 - update], within(1e-14));
        }
    }

    @Test
    void a_schedule_keeps_its_last_rate_and_a_constant_one_its_only() {
        assertThat(rate("schedule=constant").at(1_000_000)).isEqualTo(0.4);
        assertThat(rate("schedule=cosine").at(63))
                .isEqualTo(rate("schedule=cosine").at(62));
        assertThat(rate("schedule=one-cycle").at(5_000)).isCloseTo(0.003, within(1e-12));
    }

    @Test
    void one_update_is_enough_for_any_schedule() {
        for (String schedule : new String[] {"constant", "step", "cosine", "one-cycle", "restarts"}) {
            Map<String, String> single =
                    Map.of("epochs", "1", "learningRate", "0.4", "schedule", schedule, "warmupEpochs", "1");
            LearningRate rate =
                    LearningRate.of(Preset.resolve("quick", single).spec().optimisation(), 1);

            assertThat(rate.at(0)).as(schedule).isBetween(0.4 / 25 - 1e-9, 0.4);
        }
    }

    private static LearningRate rate(String settings) {
        Map<String, String> all = new HashMap<>(RECIPE);
        Arrays.stream(settings.replace(';', ',').split(" ", -1))
                .map(setting -> setting.split("=", -1))
                .forEach(setting -> all.put(setting[0], setting[1]));
        return LearningRate.of(Preset.resolve("quick", all).spec().optimisation(), BATCHES);
    }

    private static double[] golden(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(LearningRateTest.class.getResourceAsStream("schedules.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .flatMap(line -> Arrays.stream(line.split(" ", -1)).skip(1))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }
    }
}
