package io.residual.evaluation.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.evaluation.model.ImageView.Mirror;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ImageViewTest {
    private static float[] of(ImageView view) {
        INDArray images =
                Nd4j.create(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, new long[] {2, 1, 2, 3}, 'c');
        return view.of(images).data().asFloat();
    }

    @Test
    void a_mirror_image_reverses_each_row_of_each_image() {
        assertThat(of(new ImageView(0, 0, Mirror.LEFT_TO_RIGHT)))
                .containsExactly(3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10);
    }

    @Test
    void a_moved_image_lets_zeros_in() {
        assertThat(of(new ImageView(1, 0, Mirror.NONE))).containsExactly(0, 0, 0, 1, 2, 3, 0, 0, 0, 7, 8, 9);
        assertThat(of(new ImageView(0, -1, Mirror.NONE))).containsExactly(2, 3, 0, 5, 6, 0, 8, 9, 0, 11, 12, 0);
        assertThat(of(new ImageView(-1, 1, Mirror.NONE))).containsExactly(0, 4, 5, 0, 0, 0, 0, 10, 11, 0, 0, 0);
    }

    @Test
    void it_is_mirrored_before_it_is_moved() {
        assertThat(of(new ImageView(0, 1, Mirror.LEFT_TO_RIGHT))).containsExactly(0, 3, 2, 0, 6, 5, 0, 9, 8, 0, 12, 11);
    }
}
