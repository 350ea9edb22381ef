package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ImageShape;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
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

    @Test
    void a_balanced_order_draws_each_class_equally_often_and_its_images_in_turn() {
        ImageSet images = images(1, 0, 3, 9);
        var order = new BatchOrder.Balanced(images, 42);
        int[] drawn = new int[13];
        for (int epoch = 0; epoch < 9; epoch++) {
            int[] classes = new int[4];
            for (int index : order.indices(13, epoch)) {
                classes[images.label(index)]++;
                drawn[index]++;
            }
            assertThat(classes[1]).isZero();
            assertThat(IntStream.of(classes[0], classes[2], classes[3])).allMatch(n -> n == 4 || n == 5);
        }
        // 9 * 13 draws are 39 of each class
        assertThat(drawn[0]).isEqualTo(39);
        assertThat(IntStream.range(1, 4).map(i -> drawn[i])).containsOnly(13);
        assertThat(IntStream.range(4, 13).map(i -> drawn[i])).allMatch(n -> n == 4 || n == 5);
    }

    @Test
    void a_balanced_order_of_an_epoch_is_the_same_whatever_was_drawn_before() {
        ImageSet images = images(1, 0, 3, 9);
        int[] fifth = new BatchOrder.Balanced(images, 42).indices(13, 5);
        var order = new BatchOrder.Balanced(images, 42);
        order.indices(13, 7);

        assertThat(order.indices(13, 5)).isEqualTo(fifth);
        assertThat(order.indices(13, 6)).isNotEqualTo(fifth);
        assertThat(new BatchOrder.Balanced(images, 43).indices(13, 5)).isNotEqualTo(fifth);
    }

    @Test
    void the_images_that_are_learnt_are_left_out_of_the_last_epoch_alone() {
        var order = new BatchOrder.WithoutLearnt(10, 42, 3, 0.45);
        int[] third = order.indices(10, 2);
        float[] probabilities = new float[10];
        for (int i = 0; i < 10; i++) {
            probabilities[i] = third[i] / 16f;
        }
        order.record(0, Arrays.copyOfRange(probabilities, 0, 4));
        order.record(4, Arrays.copyOfRange(probabilities, 4, 10));

        assertThat(order.certainty().toFloatVector())
                .containsExactly(0, 0.0625f, 0.125f, 0.1875f, 0.25f, 0.3125f, 0.375f, 0.4375f, 0.5f, 0.5625f);
        for (int epoch = 0; epoch < 3; epoch++) {
            assertThat(order.indices(10, epoch)).isEqualTo(new BatchOrder.Shuffled(42).indices(10, epoch));
        }
        int[] last = order.indices(10, 3);
        assertThat(last).isEqualTo(order.indices(10, 3)).hasSize(10);
        int[] drawn = new int[10];
        IntStream.of(last).forEach(image -> drawn[image]++);
        assertThat(IntStream.range(0, 6).map(i -> drawn[i])).allMatch(times -> times == 1 || times == 2);
        assertThat(IntStream.range(6, 10).map(i -> drawn[i])).containsOnly(0);
        assertThat(IntStream.range(0, 4).map(epoch -> order.records(epoch) ? 1 : 0))
                .containsExactly(0, 0, 1, 0);
    }

    @Test
    void an_only_epoch_leaves_no_image_out() {
        assertThat(new BatchOrder.WithoutLearnt(10, 42, 0, 0.5).indices(10, 0))
                .isEqualTo(new BatchOrder.Shuffled(42).indices(10, 0));
    }

    @Test
    void repeats_are_counted_from_0_for_each_image() {
        assertThat(BatchOrder.repeats(4, 2, 4, 4, 0, 2)).containsExactly(0, 0, 1, 2, 0, 1);
        assertThat(BatchOrder.repeats()).isEmpty();
    }

    /** So many images of each class, one class after the other. */
    private static ImageSet images(int... counts) {
        int[] labels = IntStream.range(0, counts.length)
                .flatMap(label -> IntStream.generate(() -> label).limit(counts[label]))
                .toArray();
        return ImageSet.of(
                new ImageShape(1, 1, 1),
                List.of("a", "b", "c", "d"),
                new TreeMap<>(),
                new byte[labels.length][1],
                labels);
    }
}
