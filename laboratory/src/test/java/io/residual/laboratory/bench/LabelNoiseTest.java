package io.residual.laboratory.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.data.DataSource;
import io.residual.training.data.ImageSet;
import io.residual.training.data.Split;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelNoiseTest {
    private final ImageSet images = DataSource.sample().open(Split.TRAIN, 1);

    @Test
    void the_share_of_wrong_labels_is_exact_and_all_other_classes_are_drawn() {
        ImageSet noisy = LabelNoise.of(images, 0.2, 7);
        int[] changed = wrong(noisy);

        assertThat(images.size()).isEqualTo(1830);
        assertThat(changed).hasSize(366);
        assertThat(IntStream.of(changed)
                        .map(i -> Math.floorMod(noisy.label(i) - images.label(i), 10))
                        .distinct()
                        .count())
                .isEqualTo(9);
    }

    @Test
    void the_same_seed_changes_the_same_labels_and_no_pixel() {
        ImageSet noisy = LabelNoise.of(images, 0.1, 7);
        byte[] before = new byte[784];
        byte[] after = new byte[784];
        images.copyPixels(42, before, 0);
        noisy.copyPixels(42, after, 0);

        assertThat(wrong(LabelNoise.of(images, 0.1, 7))).isEqualTo(wrong(noisy));
        assertThat(wrong(LabelNoise.of(images, 0.1, 8))).isNotEqualTo(wrong(noisy));
        assertThat(after).isEqualTo(before);
    }

    @Test
    void halves_are_judged_by_networks_that_were_not_trained_on_them() {
        Material material = new Material(301, 0.1, HeldOut.FIRST_HALF, 301);
        DrawnImages first = DrawnImages.of(DataSource.sample(), material, 5);
        DrawnImages second = DrawnImages.of(DataSource.sample(), material.judgedOn(HeldOut.SECOND_HALF, 301), 5);

        assertThat(first.heldOut().size()).isEqualTo(150);
        assertThat(first.training().size()).isEqualTo(151);
        assertThat(labels(first.training())).isEqualTo(labels(second.heldOut()));
        assertThat(labels(first.heldOut())).isEqualTo(labels(second.training()));
        assertThat(labels(first.heldOut())).isNotEqualTo(labels(first.heldOutTruth()));
    }

    private int[] wrong(ImageSet noisy) {
        return IntStream.range(0, images.size())
                .filter(i -> noisy.label(i) != images.label(i))
                .toArray();
    }

    private static int[] labels(ImageSet images) {
        return IntStream.range(0, images.size()).map(images::label).toArray();
    }
}
