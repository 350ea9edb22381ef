package io.residual.tuning.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.ConfirmPlan;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.sweep.SweepFile;
import io.residual.tuning.trials.FreshRun;
import io.residual.tuning.trials.Ranking;
import io.residual.tuning.trials.Trial;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepReportTest {
    private static final Sweep SWEEP = SweepFile.parse("a.yaml", """
        overrides: {epochs: 3}
        space:
          learningRate: {logUniform: [0.001, 1]}
          width: {integer: [4, 32]}
          shortcuts: {choice: [residual, none]}
        pruner: median
        budget: {trials: 8}
        objective: [validationAccuracy, imagesPerSecond]
        """);

    @Test
    void the_page_shows_every_trial_the_best_spec_and_the_charts() throws Exception {
        String html = new SweepReport(SWEEP, trials()).page().toHtml();

        assertThat(html)
                .contains("<dt>best validationAccuracy</dt><dd class=\"value\">0.85</dd><dd class=\"detail\">trial"
                        + " 5</dd>")
                .contains("6 done", "1 pruned", "1 diverged")
                .contains("learningRate: 0.05\n", "width: 14\n")
                .contains(
                        "History",
                        "Learning curves",
                        "Trade-off",
                        "Parallel coordinates",
                        "Importance",
                        "matters most: alone it explains")
                .containsAnyOf("learningRate and width", "width and learningRate")
                .contains("loss is NaN &lt;at&gt; iteration 7")
                .doesNotContain("<script", "http://127");
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(
                        html.substring(html.indexOf('\n')).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_page_before_the_first_epoch_says_that_nothing_is_finished() {
        String html = new SweepReport(SWEEP, List.of(Trial.proposed(0, values(0.01, 8))))
                .page()
                .toHtml();

        assertThat(html).contains("no trial is finished", "1 waiting").doesNotContain("Learning curves");
    }

    @Test
    void the_front_is_of_trials_that_no_other_beats_in_both_objectives() {
        Ranking ranking = new Ranking(SWEEP.objectives(), trials());

        assertThat(ranking.best()).map(Trial::number).hasValue(5L);
        assertThat(ranking.front()).extracting(Trial::number).containsExactly(5L, 4L, 3L, 2L, 1L, 0L);
        assertThat(ranking.count(TrialState.PRUNED)).isEqualTo(1);
    }

    @Test
    void a_confirmed_sweep_says_what_was_found_and_what_it_is_worth(@TempDir Path directory) throws Exception {
        SweepResults results = new SweepResults(SWEEP.withConfirm(Optional.of(new ConfirmPlan(2, 3))), directory);
        results.write(confirmed());

        assertThat(results.best(confirmed())).map(Trial::number).hasValue(4L);
        // The interval by SciPy: variance of both pooled, t(1 - 0.025 / 2, 4) = 3.4954.
        String values = "validationAccuracy found 0.8000, worth 0.8220 +- 0.0014, selection bias -0.0220";
        String second = "The second, trial 5, is distinguishable: over the same seeds trial 4 is better by 0.0100 +-";
        assertThat(results.bestFile()).content().startsWith("# Trial 4: " + values + "\n# " + second);
        assertThat(results.summary(confirmed()))
                .contains("\nConfirmed: trial 4, found 0.8000, worth 0.8220 +- 0.0014, selection bias -0.0220. "
                        + second);
        assertThat(results.reportFile())
                .content()
                .contains(
                        "best validationAccuracy found",
                        "validationAccuracy, worth",
                        "0.8220\u00a0\u00b1\u00a00.0014",
                        "<dt>selection bias</dt><dd class=\"value\">-0.0220</dd>",
                        "The confirmation was won by trial 4: ",
                        second.replace(" +-", "\u00a0\u00b1"),
                        "The best of the search, trial 5, found 0.8500, has a mean of 0.8120 with fresh seeds.",
                        "Found and confirmed",
                        "0.8120, 0.8120, 0.8120");
    }

    @Test
    void a_confirmation_that_is_not_over_has_no_winner_yet() {
        Sweep sweep = SWEEP.withConfirm(Optional.of(new ConfirmPlan(2, 4)));

        assertThat(new SweepReport(sweep, confirmed()).page().toHtml())
                .contains("Not over: at least 2 runs are missing", "Of trial 5: ");
        assertThat(new SweepReport(sweep, trials()).page().toHtml())
                .as("before its first run")
                .doesNotContain("Confirmation");
    }

    /** The two best with three fresh seeds: the second of the search is the better one. */
    static List<Trial> confirmed() {
        List<Trial> trials = new ArrayList<>(trials());
        trials.set(5, withFresh(trials.get(5), 0.812, 0.812, 0.812));
        trials.set(4, withFresh(trials.get(4), 0.821, 0.823, 0.822));
        return trials;
    }

    private static Trial withFresh(Trial trial, double... values) {
        SortedMap<Integer, FreshRun> fresh = new TreeMap<>();
        for (int seed = 0; seed < values.length; seed++) {
            fresh.put(seed, new FreshRun(TrialState.DONE, "", 0, OptionalDouble.of(values[seed])));
        }
        return new Trial(trial.number(), trial.assignment(), trial.state(), "", 0, trial.runs(), fresh);
    }

    /** The more accurate, the slower. */
    static List<Trial> trials() {
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Trial trial = Trial.proposed(i, values(0.01 * i + (i == 0 ? 0.001 : 0), 4 + 2 * i));
            for (int epoch = 1; epoch <= 3; epoch++) {
                trial = trial.withEpoch(0, epoch(epoch, 0.2 * epoch + 0.05 * i, 600 - 50 * i));
            }
            trials.add(trial.withState(TrialState.DONE, ""));
        }
        trials.add(Trial.proposed(6, values(0.9, 30))
                .withEpoch(0, epoch(1, 0.11, 700))
                .withState(TrialState.PRUNED, "not promising after epoch 1"));
        trials.add(Trial.proposed(7, values(1.0, 5)).withState(TrialState.DIVERGED, "loss is NaN <at> iteration 7"));
        return trials;
    }

    private static Assignment values(double learningRate, long width) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("learningRate", learningRate);
        values.put("width", width);
        values.put("shortcuts", width > 8 ? "residual" : "none");
        return new Assignment(values);
    }

    private static EpochMetrics epoch(int number, double accuracy, double imagesPerSecond) {
        return new EpochMetrics(number, 0.1, 1, 0.5, 1.5 - accuracy, accuracy, imagesPerSecond, 3);
    }
}
