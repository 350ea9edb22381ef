package io.residual.laboratory.experiments;

import static io.residual.laboratory.experiments.Verdict.CONFIRMED;
import static io.residual.laboratory.experiments.Verdict.REFUTED;
import static io.residual.laboratory.experiments.Verdict.UNDECIDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.laboratory.experiments.Criterion.Expectation;
import io.residual.laboratory.experiments.training.TrainingResult;
import io.residual.report.chart.Chart;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentResultTest {
    /** Its 95 % interval is -18.4 to -6.46. */
    private static final double[] FALLS = {-12.3, -10.1, -14.9};

    @ParameterizedTest
    @CsvSource({
        "BELOW,   0, CONFIRMED",
        "BELOW, -10, UNDECIDED",
        "BELOW, -20, REFUTED",
        "ABOVE,   0, REFUTED",
        "ABOVE, -10, UNDECIDED",
        "ABOVE, -20, CONFIRMED",
    })
    void the_whole_interval_must_lie_on_one_side(Expectation expectation, double bound, Verdict expected) {
        assertThat(evaluate(primary(expectation, bound, FALLS)).verdict()).isEqualTo(expected);
    }

    /** Mean -12.43, deviation 2.4: by t(4) the interval of five seeds is -12.43 +- 2.98, of four, by t(3), +- 3.82. */
    @ParameterizedTest
    @CsvSource({"-9, 5", "-8.6, 4", "-11.5, 28", "-12.4, 0", "0, 0"})
    void an_undecided_effect_tells_how_many_seeds_would_decide(double bound, int seeds) {
        OptionalInt needed = evaluate(primary(Expectation.BELOW, bound, FALLS))
                .criteria()
                .get(0)
                .seedsToDecide();

        assertThat(needed.orElse(0)).isEqualTo(seeds);
    }

    @Test
    void a_verdict_has_a_meaning() {
        Claim claim = new Claim(1, "depth hurts", "stay shallow", "go deep");

        assertThat(claim.meaning(CONFIRMED)).isEqualTo("stay shallow");
        assertThat(claim.meaning(REFUTED)).isEqualTo("go deep");
        assertThat(claim.meaning(UNDECIDED)).startsWith("These seeds do not tell");
    }

    @Test
    void a_bound_that_the_interval_ends_at_is_not_passed() {
        assertThat(evaluate(primary(Expectation.ABOVE, 2.5, 2.5, 2.5)).verdict())
                .isEqualTo(REFUTED);
        assertThat(evaluate(primary(Expectation.BELOW, 2.5, 2.5, 2.5)).verdict())
                .isEqualTo(REFUTED);
    }

    @Test
    void one_seed_decides_nothing_and_is_told_without_an_interval() {
        ExperimentResult conclusion = evaluate(primary(Expectation.BELOW, 0, -12.3));

        assertThat(conclusion.verdict()).isEqualTo(UNDECIDED);
        assertThat(conclusion.criteria().get(0).text()).isEqualTo("-12.3 points (one seed, no interval)");
    }

    @Test
    void no_seed_decides_nothing() {
        ExperimentResult conclusion = evaluate(primary(Expectation.BELOW, 0));

        assertThat(conclusion.verdict()).isEqualTo(UNDECIDED);
        assertThat(conclusion.criteria().get(0).text()).isEqualTo("n/a: no seed is finished");
        assertThat(conclusion.charts()).isEmpty();
    }

    @Test
    void a_claim_is_as_true_as_all_of_its_parts() {
        assertThat(Verdict.ofAll(List.of(CONFIRMED, CONFIRMED))).isEqualTo(CONFIRMED);
        assertThat(Verdict.ofAll(List.of(CONFIRMED, UNDECIDED))).isEqualTo(UNDECIDED);
        assertThat(Verdict.ofAll(List.of(CONFIRMED, UNDECIDED, REFUTED))).isEqualTo(REFUTED);
        assertThat(Verdict.ofAll(List.of())).isEqualTo(UNDECIDED);
    }

    @Test
    void a_secondary_criterion_does_not_decide() {
        ExperimentResult conclusion = evaluate(
                3,
                primary(Expectation.BELOW, 0, FALLS).criterion(),
                Criterion.secondary("by another rule", "points").above(0, (r, seed) -> FALLS[(int) seed - 1]));

        assertThat(conclusion.criteria()).extracting(CriterionResult::verdict).containsExactly(CONFIRMED, REFUTED);
        assertThat(conclusion.verdict()).isEqualTo(CONFIRMED);
    }

    @Test
    void the_effect_is_told_with_its_interval() {
        assertThat(evaluate(primary(Expectation.BELOW, 0, FALLS))
                        .criteria()
                        .get(0)
                        .text())
                .isEqualTo("-12.4 (-18.4 to -6.46) points");
        assertThat(primary(Expectation.BELOW, -2, FALLS).criterion().statement())
                .isEqualTo("deep minus shallow: the 95 % interval over seeds lies below -2 points");
    }

    @Test
    void an_effect_that_is_no_number_is_a_fault_of_the_experiment() {
        assertThatThrownBy(() -> evaluate(primary(Expectation.BELOW, 0, Double.NaN)))
                .hasMessage("deep minus shallow: an effect must be finite, got NaN");
    }

    /** The values of seeds 1, 2, ... and a criterion that reads them. */
    private record Sample(Criterion criterion, int seeds) {}

    private static Sample primary(Expectation expectation, double bound, double... values) {
        return new Sample(
                new Criterion(
                        "deep minus shallow",
                        "points",
                        Criterion.Role.PRIMARY,
                        expectation,
                        bound,
                        (results, seed) -> values[(int) seed - 1]),
                values.length);
    }

    private static ExperimentResult evaluate(Sample sample) {
        return evaluate(sample.seeds(), sample.criterion());
    }

    private static ExperimentResult evaluate(int seeds, Criterion... criteria) {
        Map<Long, Map<String, TrainingResult>> finished = new TreeMap<>();
        for (long seed = 1; seed <= seeds; seed++) {
            finished.put(seed, Map.of());
        }
        return ExperimentResult.of(new HandMade(List.of(criteria)), new Results(finished));
    }

    /** An experiment without trainings. */
    private record HandMade(List<Criterion> criteria) implements Experiment {
        @Override
        public Claim claim() {
            return new Claim(1, "depth hurts", "stay shallow", "go deep");
        }

        @Override
        public String method() {
            return "by hand";
        }

        @Override
        public List<Arm> arms() {
            return List.of();
        }

        @Override
        public int seeds() {
            return 3;
        }

        @Override
        public List<Chart> charts(Results results) {
            throw new AssertionError("there is nothing to draw");
        }
    }
}
