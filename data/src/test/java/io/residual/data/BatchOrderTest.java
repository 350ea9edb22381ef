package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchOrderTest {
    @Test
    void a_sequential_order_is_that_of_the_set_in_every_epoch() {
        var order = new BatchOrder.Sequential();
        assertThat(order.indices(4, 0)).containsExactly(0, 1, 2, 3);
        assertThat(order.indices(4, 9)).containsExactly(0, 1, 2, 3);
    }

    @Test
    void a_shuffled_order_visits_every_image_once() {
        int[] order = new BatchOrder.Shuffled(42).indices(1001, 3);
        assertThat(order).isNotEqualTo(IntStream.range(0, 1001).toArray());
        assertThat(IntStream.of(order).sorted())
                .containsExactlyElementsOf(IntStream.range(0, 1001).boxed().toList());
    }

    @Test
    void seed_and_epoch_alone_decide() {
        int[] order = new BatchOrder.Shuffled(42).indices(50, 7);

        assertThat(new BatchOrder.Shuffled(42).indices(50, 7)).isEqualTo(order);
        assertThat(new BatchOrder.Shuffled(42).indices(50, 8)).isNotEqualTo(order);
        assertThat(new BatchOrder.Shuffled(43).indices(50, 7)).isNotEqualTo(order);
        // seeds and epochs that are close or swap places must not give one another's order
        assertThat(new BatchOrder.Shuffled(43).indices(50, 6)).isNotEqualTo(order);
        assertThat(new BatchOrder.Shuffled(7).indices(50, 42)).isNotEqualTo(order);
    }
}
