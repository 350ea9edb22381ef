package io.residual.tuning.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.tuning.sweep.SweepFile;
import io.residual.tuning.trials.SweepForecast.Extent;
import io.residual.tuning.trials.SweepForecast.Measured;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SweepForecastTest {
    private static final String SPACE = "overrides: {epochs: 9}\nspace: {width: {integer: [4, 32]}}\nseeds: 2\n";
    private static final Measured MEASURED = new Measured(1.5, 2, OptionalLong.of(700_000_000));

    @TempDir
    private Path directory;

    private static Extent extent(String lines) {
        return Extent.of(SweepFile.parse("a.yaml", SPACE + lines), 9);
    }

    @Test
    void the_workers_share_the_trials_and_then_the_runs_of_the_confirmation() {
        SweepForecast forecast = new SweepForecast(extent("budget: {trials: 13}\nconfirm: 3x3\n"), MEASURED, 2);

        // A run starts in 1.5 s and has 9 epochs of 2 s; 7 rounds of trials with two runs, then 5 rounds of fresh runs.
        assertThat(forecast.runSeconds()).isEqualTo(19.5);
        assertThat(forecast.trialSeconds()).isEqualTo(39);
        assertThat(forecast.seconds()).isCloseTo(7 * 39 + 5 * 19.5, within(1e-9));
        assertThat(forecast.describe())
                .containsExactly(
                        "Forecast: about 6 min 11 s and 1.40 GB of memory (0.70 GB a worker), if all trials are as the"
                                + " first",
                        "  13 trials (2 seeds x 9 epochs, 39.0 s each), then 9 runs to confirm (19.5 s each), 2"
                                + " workers, none pruned");
    }

    @Test
    void the_first_budget_that_is_spent_ends_the_search() {
        // 100 epochs are five trials of 18 and a part of a sixth.
        assertThat(extent("budget: {trials: 13, epochs: 100}\n").trials()).hasValue(6);
        assertThat(extent("budget: {trials: 13, epochs: 1000}\n").trials()).hasValue(13);
        assertThat(Extent.of(
                                SweepFile.parse(
                                        "a.yaml",
                                        "space: {width: {choice: [4, 8]}}\nsearcher: grid\nbudget: {trials: 13}\n"),
                                9)
                        .trials())
                .as("a grid of two values")
                .hasValue(2);
        assertThat(new SweepForecast(extent("budget: {trials: 13, time: 2m}\n"), MEASURED, 1).seconds())
                .isEqualTo(120);
        assertThat(new SweepForecast(extent("budget: {trials: 2, time: 2m}\n"), MEASURED, 1).seconds())
                .isEqualTo(78);
    }

    @Test
    void without_a_number_of_trials_and_a_figure_for_memory_the_time_is_left() {
        Extent extent = extent("budget: {time: 2m}\n");

        assertThat(extent).isEqualTo(new Extent(OptionalLong.empty(), 2, 9, Optional.of(Duration.ofMinutes(2)), 0));
        assertThat(new SweepForecast(extent, new Measured(1.5, 2, OptionalLong.empty()), 1).describe())
                .containsExactly(
                        "Forecast: about 2 min 00 s, if all trials are as the first",
                        "  trials (2 seeds x 9 epochs, 39.0 s each) within 2 min 00 s, 1 worker, none pruned");
    }

    @Test
    void the_first_epoch_of_a_search_gives_one_forecast_and_a_finished_sweep_gives_none() {
        String text = SPACE + "budget: {trials: 4}\n";
        Listener listener = new Listener();
        try (SweepHandle sweep = SweepHandle.create(directory, "a.yaml", text, UnaryOperator.identity())) {
            sweep.run(1, new SweepHandleTest.Curves(), listener);
        }
        // The curves are there at once, with 2 s an epoch.
        assertThat(listener.forecasts)
                .containsExactly(new SweepForecast(
                        extent("budget: {trials: 4}\n"), new Measured(0, 2, OptionalLong.empty()), 1));

        try (SweepHandle sweep = SweepHandle.resume(directory, "", Optional.empty(), UnaryOperator.identity())) {
            sweep.run(1, new SweepHandleTest.Curves(), listener);
        }
        assertThat(listener.forecasts).hasSize(1);
    }

    private static final class Listener implements SweepListener {
        private final List<SweepForecast> forecasts = new ArrayList<>();

        @Override
        public void trialChanged(Trial trial, SweepProgress progress) {
            assertThat(trial.epochs() == 0 || !forecasts.isEmpty())
                    .as("the forecast comes first")
                    .isTrue();
        }

        @Override
        public void forecast(SweepForecast forecast) {
            forecasts.add(forecast);
        }
    }
}
