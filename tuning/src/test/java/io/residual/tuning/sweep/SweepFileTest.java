package io.residual.tuning.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.training.config.TrainingSpec;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Dimension;
import io.residual.tuning.search.Parameter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepFileTest {
    private static final String WHOLE = """
        base: quick
        overrides:
          epochs: 9
        space:
          learningRate: {logUniform: [0.001, 1]}
          flavour: {choice: [book, torchvision]}
          width: {integer: [8, 32, 8]}
          batchSize:
            choice: [32, 64]
            if: {width: [8, 16]}
        constraints:
          - batchSize * width < 1024
        searcher: sobol
        pruner: {asha: {reductionFactor: 4, minEpochs: 2}}
        budget: {trials: 40, epochs: 200, time: 1h30m}
        objective: [validationAccuracy, imagesPerSecond]
        seeds: 3
        seed: -5
        retries: 2
        confirm: 5x4
        """;

    @Test
    void a_file_says_all_of_a_sweep() {
        Sweep sweep = SweepFile.parse("a.yaml", WHOLE);

        assertThat(sweep.space().parameters())
                .containsExactly(
                        Parameter.of("learningRate", new Dimension.LogUniform(0.001, 1)),
                        Parameter.of("flavour", new Dimension.Categorical(List.of("book", "torchvision"))),
                        Parameter.of("width", new Dimension.IntUniform(8, 32, 8)),
                        Parameter.of("batchSize", new Dimension.Categorical(List.of("32", "64")))
                                .onlyIf("width", Set.of(8L, 16L)));
        assertThat(sweep.searcher()).isEqualTo(SearcherKind.SOBOL);
        assertThat(sweep.pruner()).isEqualTo(new PrunerConfig.Asha(4, 2));
        assertThat(sweep.budget())
                .isEqualTo(new Budget(OptionalInt.of(40), OptionalLong.of(200), Optional.of(Duration.ofMinutes(90))));
        assertThat(sweep.objectives()).containsExactly(Objective.VALIDATION_ACCURACY, Objective.IMAGES_PER_SECOND);
        assertThat(sweep.seeds()).isEqualTo(3);
        assertThat(sweep.seed()).isEqualTo(-5);
        assertThat(sweep.retries()).isEqualTo(2);
        assertThat(sweep.confirm()).contains(new ConfirmPlan(5, 4));
    }

    @Test
    void what_a_file_leaves_out_has_a_default() {
        Sweep sweep = SweepFile.parse("a.yaml", "space: {width: {integer: [4, 6]}}\nbudget: {trials: 3}\n");

        assertThat(sweep.base()).isEqualTo("quick");
        assertThat(sweep.searcher()).isEqualTo(SearcherKind.TPE);
        assertThat(sweep.pruner()).isEqualTo(new PrunerConfig.None());
        assertThat(sweep.objectives()).containsExactly(Objective.VALIDATION_ACCURACY);
        assertThat(sweep.seeds()).isEqualTo(1);
        assertThat(sweep.retries()).isEqualTo(1);
        assertThat(sweep.confirm()).isEmpty();
    }

    @Test
    void a_trial_s_values_win_over_the_overrides_and_these_over_the_preset() {
        Sweep sweep = SweepFile.parse("a.yaml", WHOLE);

        TrainingSpec spec = sweep.spec(new Assignment(Map.of("learningRate", 1.0e-3, "width", 24L)));

        assertThat(spec.optimisation().learningRate()).isEqualTo(0.001);
        assertThat(spec.network().width()).isEqualTo(24);
        assertThat(spec.optimisation().epochs()).isEqualTo(9);
        assertThat(spec.optimisation().batchSize()).isEqualTo(64);
    }

    @Test
    void all_faults_are_told_at_once_with_their_lines() {
        assertThatThrownBy(() -> SweepFile.parse("bad.yaml", """
            base: quickest
            overrides:
              epoch: 9
              batchSize: many
            space:
              learningRate: {logUniform: [0, 1]}
              width: {integer: [0, 8]}
              flavour: {choice: [book, bottle]}
              depth: {uniform: [18, 34]}
              imageSize: {choice: [28, 32], if: {shortcuts: none}}
              batchsize: {choice: [32]}
            constraints: [width batchSize, width < hight]
            searcher: bayes
            pruner: {asha: {eta: 3}}
            budget: {trials: none, time: 3 days}
            objective: testAccuracy
            workers: 2
            """))
                .isInstanceOf(ResidualException.class)
                .hasMessage(String.join(
                        "\n",
                        "bad.yaml:1: base: there is no preset \"quickest\": choose one of book-96, book-224,"
                                + " quick, speedrun, resnet20, resnet20-300, wide, ladder-913, ladder-920, ladder-930, ladder-940,"
                                + " or a file that ends in .yaml",
                        "bad.yaml:3: unknown setting \"epoch\": did you mean epochs?",
                        "bad.yaml:4: batchSize: expected a whole number from 1 to 65536, got \"many\"",
                        "bad.yaml:6: learningRate: a logarithmic interval starts above 0, not at 0.0",
                        "bad.yaml:7: width: expected a whole number from 1 to 512, got \"0\"",
                        "bad.yaml:8: flavour: expected book or torchvision, got \"bottle\"",
                        "bad.yaml:9: depth: expected a whole number from 8 to 2000, got \"18.0\"",
                        "bad.yaml:9: depth: expected a whole number from 8 to 2000, got \"34.0\"",
                        "bad.yaml:10: imageSize: if shortcuts: the space has no shortcuts before imageSize",
                        "bad.yaml:11: unknown setting \"batchsize\": did you mean batchSize?",
                        "bad.yaml:12: constraints: expected a comparison such as lowestRate < learningRate, got \"width"
                                + " batchSize\"",
                        "bad.yaml:12: constraints: unknown setting \"hight\"",
                        "bad.yaml:13: searcher: expected random or grid or genetic or sobol or tpe, got \"bayes\"",
                        "bad.yaml:14: pruner: unknown name \"eta\": expected minEpochs, reductionFactor",
                        "bad.yaml:15: trials: expected a whole number from 1 to 1000000, got \"none\"",
                        "bad.yaml:15: time: expected a time such as 90s, 35m, 2h or 1h30m, got \"3 days\"",
                        "bad.yaml:16: objective: expected validationAccuracy, validationLoss, imagesPerSecond, one or a"
                                + " list, none twice, got \"testAccuracy\"",
                        "bad.yaml:17: unknown name \"workers\": expected base, budget, confirm, constraints,"
                                + " objective, overrides, pruner, retries, searcher, seed, seeds, space"));
    }

    @Test
    void a_plan_to_confirm_is_trials_with_three_seeds_or_with_as_many_as_it_says() {
        assertThat(ConfirmPlan.parse("3")).contains(new ConfirmPlan(3, 3));
        assertThat(ConfirmPlan.parse("1x12")).contains(new ConfirmPlan(1, 12));
        assertThat(ConfirmPlan.parse("none")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3x | expected trials and seeds such as 3x5, trials alone such as 3, or none, got \"3x\"",
                "-3 | expected trials and seeds such as 3x5, trials alone such as 3, or none, got \"-3\"",
                "3x3x3 | expected trials and seeds such as 3x5, trials alone such as 3, or none, got \"3x3x3\"",
                "3x0 | expected from 1 to 100 trials and from 2 to 100 seeds, got 3x0",
                "3x1 | expected from 1 to 100 trials and from 2 to 100 seeds, got 3x1",
                "0x3 | expected from 1 to 100 trials and from 2 to 100 seeds, got 0x3",
                "101 | expected from 1 to 100 trials and from 2 to 100 seeds, got 101x3"
            })
    void a_plan_that_is_none_is_an_error_with_its_line(String plan, String message) {
        assertThatThrownBy(() -> SweepFile.parse("a.yaml", WHOLE.replace("confirm: 5x4", "confirm: " + plan)))
                .hasMessage("a.yaml:20: confirm: " + message);
    }

    @Test
    void a_file_that_breaks_off_tells_what_came_before_too() {
        assertThatThrownBy(() -> SweepFile.parse("cut.yaml", "searcher: bayes\nspace: {width: {integer: [1, 2"))
                .hasMessageContaining("cut.yaml:1: searcher: expected")
                .hasMessageContaining("cut.yaml:2: not valid YAML");
    }

    @Test
    void references_and_tags_are_refused() {
        assertThatThrownBy(
                        () -> SweepFile.parse("ref.yaml", "base: &a quick\nseed: *a\nsearcher: !!java.net.URL tpe\n"))
                .hasMessageContaining("ref.yaml:2: anchors (&) and aliases (*) are not read")
                .hasMessageContaining("ref.yaml:3: tags (!) are not read");
    }

    @ParameterizedTest
    @CsvSource({
        "32, 24, true",
        "64, 24, false",
        "32, 32, false",
        ", 32, true",
    })
    void a_constraint_compares_products_and_holds_where_a_setting_does_not_count(
            String batchSize, long width, boolean allowed) {
        Sweep sweep = SweepFile.parse("a.yaml", WHOLE);
        Map<String, Object> values =
                batchSize == null ? Map.of("width", width) : Map.of("batchSize", batchSize, "width", width);

        assertThat(sweep.space().allows(new Assignment(values))).isEqualTo(allowed);
    }

    @Test
    void a_constraint_takes_settings_that_are_not_searched_from_the_base() {
        Sweep sweep = SweepFile.parse("a.yaml", """
            overrides: {batchSize: 50}
            space: {width: {integer: [4, 64]}}
            constraints: [width * 2 <= batchSize]
            budget: {trials: 1}
            """);

        assertThat(sweep.space().allows(new Assignment(Map.of("width", 25L)))).isTrue();
        assertThat(sweep.space().allows(new Assignment(Map.of("width", 26L)))).isFalse();
    }

    @Test
    void trials_of_different_epochs_are_not_pruned() {
        assertThatThrownBy(() -> SweepFile.parse("a.yaml", """
            space: {epochs: {integer: [1, 9]}}
            pruner: median
            budget: {trials: 3}
            """))
                .hasMessage("a.yaml:2: pruner: trials of different epochs cannot be compared: search no epochs");
    }

    @Test
    void going_on_with_another_search_names_what_differs_and_the_budget_may_grow() {
        Sweep began = SweepFile.parse("a.yaml", WHOLE);
        Sweep other = SweepFile.parse(
                "b.yaml",
                WHOLE.replace("sobol", "tpe").replace("0.001", "0.002").replace("trials: 40", "trials: 50"));
        Sweep longer = SweepFile.parse("c.yaml", WHOLE.replace("trials: 40", "trials: 50"));

        longer.checkSameSearch(began, began.baseYaml(), "sweep.db");
        assertThatThrownBy(() -> other.checkSameSearch(began, began.baseYaml(), "sweep.db"))
                .hasMessage("sweep.db: not the sweep that was started here, it differs in space, searcher");
    }
}
