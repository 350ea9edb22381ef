package io.residual.tuning.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.tuning.search.Parameter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedSweepsTest {
    static Iterable<String> shipped() {
        return SweepFile.shipped();
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void every_trial_that_a_shipped_sweep_can_propose_is_a_spec(String name) {
        Sweep sweep = SweepFile.parse(name, SweepFile.text(name));
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            var assignment = sweep.space()
                    .firstAllowed(() -> sweep.space().assign(p -> p.dimension().at(random.nextDouble())));
            assertThat(sweep.spec(assignment).optimisation().epochs()).isPositive();
        }
        assertThat(sweep.space().parameters()).extracting(Parameter::name).contains("learningRate");
        assertThat(sweep.confirm()).contains(new ConfirmPlan(3, 3));
        assertThat(sweep.budget().time()).as("no shipped sweep runs for ever").isPresent();
    }

    @Test
    void a_name_that_is_neither_shipped_nor_a_file_is_told() {
        assertThatThrownBy(() -> SweepFile.text("lr-cosin"))
                .hasMessage("there is no file lr-cosin to read: give a YAML file, or one of depth-width,"
                        + " image-size, lr-cosine");
    }
}
