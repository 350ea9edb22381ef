package io.residual.tuning.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.residual.tuning.search.Dimension.Categorical;
import io.residual.tuning.search.Dimension.IntUniform;
import io.residual.tuning.search.Dimension.LogUniform;
import io.residual.tuning.search.Dimension.Uniform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
    private static final Parameter SCHEDULE =
            Parameter.of("schedule", new Categorical(List.of("constant", "cosine", "step")));
    private static final Parameter LOWEST =
            Parameter.of("lowestRate", new LogUniform(1e-6, 1e-2)).onlyIf("schedule", Set.of("cosine", "step"));

    @Test
    void a_parameter_has_a_value_only_where_its_condition_holds() {
        SearchSpace space = SearchSpace.of(SCHEDULE, LOWEST);

        assertThat(space.at(new double[] {0.1, 0.5}).values()).containsOnlyKeys("schedule");
        assertThat(space.at(new double[] {0.5, 0.5}).values()).containsOnlyKeys("schedule", "lowestRate");
        assertThat(space.contains(new Assignment(Map.of("schedule", "constant"))))
                .isTrue();
        assertThat(space.contains(new Assignment(Map.of("schedule", "cosine")))).isFalse();
        assertThat(space.contains(new Assignment(Map.of("schedule", "constant", "lowestRate", 1e-3))))
                .isFalse();
        assertThat(space.contains(new Assignment(Map.of("schedule", "cosine", "lowestRate", 0.1))))
                .isFalse();
        assertThat(space.contains(new Assignment(Map.of("schedule", "constant", "other", 1L))))
                .isFalse();
    }

    @Test
    void conditions_reach_through_parameters_without_a_value() {
        SearchSpace space = SearchSpace.of(
                Parameter.of("model", new Categorical(List.of("plain", "deep"))),
                Parameter.of("schedule", new Categorical(List.of("constant", "cosine")))
                        .onlyIf("model", Set.of("deep")),
                Parameter.of("lowestRate", new Uniform(0, 1)).onlyIf("schedule", Set.of("cosine")));

        assertThat(space.at(new double[] {0, 0.9, 0.5}).values()).containsOnlyKeys("model");
        assertThat(space.at(new double[] {0.9, 0.9, 0.5}).values()).containsOnlyKeys("model", "schedule", "lowestRate");
    }

    @Test
    void points_and_assignments_are_each_other_s_inverse() {
        SearchSpace space = SearchSpace.of(
                SCHEDULE,
                LOWEST,
                Parameter.of("depth", new IntUniform(18, 50, 16)),
                Parameter.of("x", new Uniform(-1, 3)));
        Assignment assignment = space.at(new double[] {0.9, 0.25, 0.4, 0.75});

        assertThat(assignment.number("lowestRate")).isEqualTo(1e-5, within(1e-15));
        assertThat(assignment.whole("depth")).isEqualTo(34);
        assertThat(assignment.number("x")).isEqualTo(2);
        assertThat(space.at(space.point(assignment))).isEqualTo(assignment);
    }

    @Test
    void whole_numbers_are_all_as_likely_and_a_logarithmic_range_has_exact_ends() {
        IntUniform depth = new IntUniform(2, 10, 4);
        LogUniform rate = new LogUniform(0.01, 0.3);

        assertThat(List.of(depth.at(0), depth.at(0.33), depth.at(0.34), depth.at(0.66), depth.at(0.67), depth.at(1)))
                .containsExactly(2L, 2L, 6L, 6L, 10L, 10L);
        assertThat(List.of(rate.at(0), rate.at(1))).containsExactly(0.01, 0.3);
    }

    @Test
    void a_faulty_space_is_told_by_name() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SearchSpace.of(LOWEST, SCHEDULE))
                .withMessage("lowestRate depends on schedule, which is not before it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SearchSpace.of(
                        SCHEDULE, Parameter.of("x", new Uniform(0, 1)).onlyIf("schedule", Set.of("cosin"))))
                .withMessage("x depends on schedule being cosin, which it never is");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SearchSpace.of(SCHEDULE, SCHEDULE))
                .withMessage("there are two parameters of the name schedule");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogUniform(0, 1))
                .withMessageContaining("starts above 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Uniform(Double.NaN, 1))
                .withMessageContaining("NaN to 1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IntUniform(1, 10, 4))
                .withMessageContaining("from 1 to 10 in steps of 4");
    }

    @Test
    void an_assignment_is_a_copy_and_tells_what_is_missing() {
        Map<String, Object> values = new LinkedHashMap<>(Map.of("depth", 18L));
        Assignment assignment = new Assignment(values);
        values.put("depth", 34L);

        assertThat(assignment.whole("depth")).isEqualTo(18);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> assignment.choice("depth"))
                .withMessage("depth is 18, not a choice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> assignment.number("rate"))
                .withMessage("rate has no value");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Assignment(Map.of("list", new ArrayList<>())))
                .withMessage("list must be a Double, Long or String, got a ArrayList");
    }
}
