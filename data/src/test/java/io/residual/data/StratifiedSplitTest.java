package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.data.idx.FashionMnist;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StratifiedSplitTest {
    private static final List<String> NAMES = List.of("ant", "bee", "cat", "dog");

    @TempDir
    Path folder;

    @Test
    void a_twelfth_of_each_class_rounded_half_up_is_held_back() {
        ImageSet images = set(120, 41, 42, 5);

        StratifiedSplit split = StratifiedSplit.of(images, 1);

        assertThat(split.validation().classCounts()).containsExactly(10, 3, 4, 0);
        assertThat(split.train().classCounts()).containsExactly(110, 38, 38, 5);
    }

    @Test
    void fashion_mnist_gives_55_000_and_5_000() {
        int[] labels = new int[60_000];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (i * 7 + i / 10) % 10;
        }
        ImageSet images = TestSets.of(folder, 1, 1, FashionMnist.CLASS_NAMES, labels);

        StratifiedSplit split = StratifiedSplit.of(images, 42);

        assertThat(split.train().classCounts()).containsOnly(5500);
        assertThat(split.validation().classCounts()).containsOnly(500);
    }

    @Test
    void every_image_is_in_one_part_and_in_the_order_of_the_file() {
        ImageSet images = set(36, 24, 12, 13);

        StratifiedSplit split = StratifiedSplit.of(images, 5);

        int[] train = positions(split.train());
        int[] validation = positions(split.validation());
        assertThat(train).isSorted();
        assertThat(validation).isSorted();
        assertThat(IntStream.concat(IntStream.of(train), IntStream.of(validation))
                        .sorted())
                .containsExactlyElementsOf(IntStream.range(0, 85).boxed().toList());
    }

    @Test
    void the_parts_are_the_same_in_every_jvm() {
        int[] validation = positions(StratifiedSplit.of(set(24, 24, 24, 24), 42).validation());

        // computed with a transcription of SplitMix64 and of the split to Python: split/split_referee.py in the
        // resources
        assertThat(validation).containsExactly(1, 7, 40, 51, 62, 68, 70, 85);
    }

    @Test
    void another_seed_holds_back_other_images() {
        ImageSet images = set(120, 120, 120, 120);

        int[] one = positions(StratifiedSplit.of(images, 1).validation());
        int[] two = positions(StratifiedSplit.of(images, 2).validation());

        assertThat(one).isNotEqualTo(two);
        assertThat(IntStream.of(one)
                        .filter(i -> IntStream.of(two).anyMatch(j -> i == j))
                        .count())
                .as("of 40, a twelfth is shared by chance")
                .isLessThan(12);
    }

    @Test
    void a_part_of_a_part_still_knows_the_file() {
        ImageSet half = set(24, 24, 24, 24).subset(IntStream.range(48, 96).toArray());

        ImageSet validation = StratifiedSplit.of(half, 3).validation();

        assertThat(validation.classCounts()).containsExactly(1, 1, 1, 1);
        assertThat(IntStream.of(positions(validation))).allMatch(position -> position >= 48);
    }

    private ImageSet set(int... counts) {
        return TestSets.of(folder, 1, 2, NAMES, TestSets.labels(counts));
    }

    private static int[] positions(ImageSet set) {
        return IntStream.range(0, set.size()).map(set::position).toArray();
    }
}
