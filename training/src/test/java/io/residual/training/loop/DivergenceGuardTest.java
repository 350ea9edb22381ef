package io.residual.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;

class DivergenceGuardTest {
    private final ComputationGraph graph = Network.initial(
                    ResNetSpec.resNet(18, Flavour.BOOK).withWidth(1), 3, ComputeKernels.STOCK)
            .graph();
    private final DivergenceGuard guard =
            new DivergenceGuard(() -> Double.isFinite(graph.params().sumNumber().doubleValue()), 10);

    @Test
    void a_loss_that_is_no_number_is_told_at_once() {
        assertThatThrownBy(() -> guard.check(at(7), Double.NaN))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DIVERGED))
                .hasMessage("the loss became NaN in epoch 1, iteration 8: lower the learning rate");
        assertThatThrownBy(() -> guard.check(at(7), Double.POSITIVE_INFINITY))
                .hasMessageStartingWith("the loss became infinite in epoch 1, iteration 8:");
    }

    @Test
    void a_loss_that_stays_high_is_told_after_ten_steps_and_a_peak_is_not() {
        for (int i = 0; i < 9; i++) {
            guard.check(at(i), 12);
        }
        guard.check(at(9), 11.5);
        for (int i = 10; i < 19; i++) {
            guard.check(at(i), 12);
        }

        // 5 ln 10 = 11.51
        assertThatThrownBy(() -> guard.check(at(19), 12.25))
                .hasMessageStartingWith(
                        "the loss was above 11.5 (5 times that of a guess) for 10 steps, last 12.3, in epoch"
                                + " 1, iteration 20: ");
    }

    /** ReLU takes the higher of 0 and its input, which for NaN is 0 in some kernels: the loss may then look well. */
    @Test
    void a_weight_that_is_no_number_is_told_within_ten_steps_even_if_the_loss_looks_well() {
        graph.getParam("stem.conv_W").putScalar(4, Float.NaN);

        for (int i = 0; i < 9; i++) {
            guard.check(at(i), 2.3);
        }
        assertThatThrownBy(() -> guard.check(at(9), 2.3))
                .hasMessageStartingWith("a weight became NaN or infinite in epoch 1, iteration 10: ");
        assertThatThrownBy(() -> guard.checkWeights(at(4)))
                .hasMessageStartingWith("a weight became NaN or infinite in epoch 1, iteration 4: ");
    }

    @Test
    void finite_weights_are_worth_keeping() {
        assertThatCode(() -> guard.checkWeights(at(4))).doesNotThrowAnyException();
    }

    private static Position at(int iterations) {
        return new Position(0, iterations, iterations, ScoreSum.NONE, 0);
    }
}
