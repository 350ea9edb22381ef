package io.residual.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.cuda.device.ConvolutionShape;
import io.residual.program.Program.Value;
import io.residual.program.Window;
import io.residual.program.Window.Axis;
import org.junit.jupiter.api.Test;

class ProbedConvolutionTest {
    /** One row of three pixels, two taps [10, 1], padding of one before. */
    private static final ConvolutionShape SHAPE = new ConvolutionShape(
            1,
            new Value("", 1, 1, 3),
            new Value("", 1, 1, 3),
            new Window(new Axis(1, 1, 1, 0, 0), new Axis(2, 1, 1, 1, 0)));

    @Test
    void all_three_passes_are_those_of_a_row_worked_out_by_hand() {
        double[] in = {1, 2, 3};
        double[] weights = {10, 1};
        double[] out = {4, 5, 6};
        assertThat(ProbedConvolution.expected(SHAPE, 2, in, weights, out)).containsExactly(1, 12, 23);
        assertThat(ProbedConvolution.expected(SHAPE, 0, in, weights, out)).containsExactly(54, 65, 6);
        assertThat(ProbedConvolution.expected(SHAPE, 1, in, weights, out)).containsExactly(17, 32);
    }
}
