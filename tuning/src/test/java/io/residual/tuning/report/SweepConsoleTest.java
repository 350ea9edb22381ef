package io.residual.tuning.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.cli.Terminal;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.ConfirmPlan;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.sweep.SweepFile;
import io.residual.tuning.trials.SweepForecast;
import io.residual.tuning.trials.SweepProgress;
import io.residual.tuning.trials.Trial;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SweepConsoleTest {
    private static final Sweep SWEEP = SweepFile.parse(
            "a.yaml", "overrides: {epochs: 3}\nspace: {width: {integer: [4, 32]}}\nbudget: {trials: 16}\n");

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
    private List<Trial> trials = List.of();
    private long now;

    @Test
    void a_pipe_gets_a_line_for_each_trial_that_is_over_with_the_best_and_what_is_left() {
        try (SweepConsole table = new SweepConsole(Terminal.PLAIN, out, SWEEP, () -> trials, () -> now)) {
            trials = SweepReportTest.trials();
            now = 40_000_000_000L;
            SweepProgress progress = SweepProgress.of(SWEEP.objectives().get(0), trials);
            table.trialChanged(trials.get(6).withState(TrialState.RUNNING, ""), progress);
            table.trialChanged(trials.get(6), progress);
        }

        // 19 epochs of 8 trials in 40 s: 8 more take as long.
        assertThat(text())
                .isEqualTo("trial 6 pruned, validationAccuracy 0.11 after 1 epochs: learningRate 0.9, width 30,"
                        + " shortcuts residual (not promising after epoch 1); 1 pruned, 6 done, 1 diverged,"
                        + " best trial 5 at 0.85, 40.0 s, about 40.0 s left" + System.lineSeparator());
    }

    @Test
    void a_forecast_is_printed_once_and_stays_above_the_table() {
        SweepForecast forecast = new SweepForecast(
                new SweepForecast.Extent(OptionalLong.of(16), 1, 3, Optional.empty(), 0),
                new SweepForecast.Measured(1, 3, OptionalLong.of(500_000_000)),
                1);
        String first = "Forecast: about 2 min 40 s and 0.50 GB of memory (0.50 GB a worker), if all trials are as"
                + " the first";
        String second = "  16 trials (1 seed x 3 epochs, 10.0 s each), 1 worker, none pruned";
        try (SweepConsole lines = new SweepConsole(Terminal.PLAIN, out, SWEEP, () -> trials, () -> now)) {
            lines.forecast(forecast);
        }
        assertThat(text()).isEqualTo(first + System.lineSeparator() + second + System.lineSeparator());

        try (SweepConsole table = new SweepConsole(Terminal.INTERACTIVE, out, SWEEP, () -> trials, () -> now)) {
            table.forecast(forecast);
            written.reset();
            table.redraw();
            assertThat(text())
                    .isEqualTo("\u001b[2K" + first + "\n\u001b[2K" + second + "\n\u001b[2Kbest n/a, 0.0 s\n\u001b[J");
        }
    }

    @Test
    void a_fresh_run_that_is_over_gets_a_line() {
        Trial trial = SweepReportTest.confirmed().get(5);
        try (SweepConsole table = new SweepConsole(Terminal.PLAIN, out, SWEEP, () -> trials, () -> now)) {
            table.freshRun(trial, 1);
        }

        assertThat(text())
                .isEqualTo("confirm  trial 5, fresh seed 2 done, validationAccuracy 0.812" + System.lineSeparator());
    }

    @Test
    void a_terminal_gets_the_table_again_over_the_last_one() {
        try (SweepConsole table = new SweepConsole(Terminal.INTERACTIVE, out, SWEEP, () -> trials, () -> now)) {
            now = 1_000_000_000L;
            table.redraw();
            assertThat(text()).isEqualTo("\u001b[2Kbest n/a, 1.0 s\n\u001b[J");
            trials = List.of(
                    SweepReportTest.trials().get(2),
                    SweepReportTest.trials().get(6).withState(TrialState.RUNNING, ""));
            written.reset();
            table.redraw();
        }

        assertThat(text())
                .startsWith("\u001b[1A\u001b[2K1 running, 1 done, best trial 2 at 0.7, 1.0 s")
                .contains("\n\u001b[2K  best     trial 2 done, validationAccuracy 0.7 after 3 epochs")
                .contains("\n\u001b[2K  running  trial 6 running, validationAccuracy 0.11 after 1 epochs")
                .contains("\u001b[J\u001b[3A");
    }

    @Test
    void a_confirmation_has_a_line_for_each_of_its_first_trials_however_many_runs_it_has() {
        trials = SweepReportTest.confirmed();
        try (SweepConsole table = new SweepConsole(
                Terminal.INTERACTIVE,
                out,
                SWEEP.withConfirm(Optional.of(new ConfirmPlan(6, 100))),
                () -> trials,
                () -> now)) {
            table.redraw();
            assertThat(text().lines().filter(line -> line.startsWith("\u001b[2K  confirm")))
                    .containsExactly(
                            "\u001b[2K  confirm  6 of at most 600 fresh runs done",
                            "\u001b[2K  confirm  trial 5, 3 of 100 fresh seeds done, mean validationAccuracy 0.812",
                            "\u001b[2K  confirm  trial 4, 3 of 100 fresh seeds done, mean validationAccuracy 0.822",
                            "\u001b[2K  confirm  trial 3, 0 of 100 fresh seeds done",
                            "\u001b[2K  confirm  trial 2, 0 of 100 fresh seeds done",
                            "\u001b[2K  confirm  trial 1, 0 of 100 fresh seeds done");

            trials = SweepReportTest.trials();
            written.reset();
            table.redraw();
            assertThat(text()).as("during the search").doesNotContain("confirm");
        }
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
