package io.residual.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.data.idx.IdxSource;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StratifiedFoldsTest {
    private final ImageSet images =
            IdxSource.sample().wholeTraining().subset(IntStream.range(0, 503).toArray());

    @Test
    void every_image_is_held_out_once_and_learned_from_in_all_other_folds() {
        StratifiedFolds folds = StratifiedFolds.of(images, 4, 7);
        int[] all = IntStream.range(0, 4)
                .flatMap(f -> Arrays.stream(folds.indices(f)))
                .sorted()
                .toArray();
        assertThat(all).isEqualTo(IntStream.range(0, 503).toArray());
        for (int fold = 0; fold < 4; fold++) {
            ImageSet others = folds.others(fold);
            ImageSet held = folds.heldOut(fold);
            assertThat(others.size() + held.size()).isEqualTo(503);
            assertThat(IntStream.range(0, others.size()).map(others::position).toArray())
                    .doesNotContain(
                            IntStream.range(0, held.size()).map(held::position).toArray());
        }
    }

    @Test
    void folds_have_the_same_size_and_shares_of_classes_up_to_one_image() {
        StratifiedFolds folds = StratifiedFolds.of(images, 4, 7);
        assertThat(IntStream.range(0, 4)
                        .map(f -> folds.indices(f).length)
                        .sorted()
                        .toArray())
                .containsExactly(125, 126, 126, 126);
        int[] whole = images.classCounts();
        for (int fold = 0; fold < 4; fold++) {
            int[] counts = folds.heldOut(fold).classCounts();
            for (int c = 0; c < counts.length; c++) {
                assertThat(counts[c]).isBetween(whole[c] / 4, whole[c] / 4 + 1);
            }
        }
    }

    @Test
    void the_seed_decides_who_is_where() {
        assertThat(StratifiedFolds.of(images, 4, 7).indices(2))
                .isEqualTo(StratifiedFolds.of(images, 4, 7).indices(2))
                .isNotEqualTo(StratifiedFolds.of(images, 4, 8).indices(2));
    }

    @Test
    void one_fold_or_more_folds_than_images_are_refused() {
        assertThatThrownBy(() -> StratifiedFolds.of(images, 1, 7)).hasMessageContaining("got 1");
        assertThatThrownBy(() -> StratifiedFolds.of(images, 504, 7)).hasMessageContaining("503 images, got 504");
    }

    @Test
    void other_labels_or_other_images_have_another_digest() {
        int[] labels = IntStream.range(0, 503).map(images::label).toArray();
        ImageSet same = images.withLabels(labels);
        labels[400] = (labels[400] + 1) % 10;
        ImageSet changed = images.withLabels(labels);
        assertThat(same.contentSha256()).isEqualTo(images.contentSha256());
        assertThat(changed.contentSha256()).isNotEqualTo(images.contentSha256());
        assertThat(changed.label(400)).isEqualTo(labels[400]).isNotEqualTo(images.label(400));
        assertThat(changed.position(400)).isEqualTo(images.position(400));
        assertThat(images.subset(1, 2).contentSha256())
                .isNotEqualTo(images.subset(2, 1).contentSha256());
    }
}
