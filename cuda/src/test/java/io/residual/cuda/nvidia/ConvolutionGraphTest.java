package io.residual.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.program.Window.Axis;
import org.junit.jupiter.api.Test;

class ConvolutionGraphTest {
    @Test
    void padding_is_equal_on_both_sides_where_that_changes_nothing() {
        // 28 pixels, 3 taps, stride 2: the last of 14 positions reaches no padding behind the image.
        assertThat(ConvolutionGraph.after(new Axis(3, 2, 1, 1, 0), 28, 14)).isEqualTo(1);
        assertThat(ConvolutionGraph.after(new Axis(3, 1, 2, 2, 2), 10, 10)).isEqualTo(2);
    }

    @Test
    void unequal_padding_stays_unequal() {
        assertThat(ConvolutionGraph.after(new Axis(3, 2, 1, 0, 1), 28, 14)).isEqualTo(1);
        assertThat(ConvolutionGraph.after(new Axis(2, 1, 1, 1, 0), 8, 8)).isZero();
    }
}
